-- One row per shipment: the accepted ones of all sources.
{{ canonical_table('shipments') }}
