-- One row per shipment × event at × event type: the accepted ones of all sources.
{{ canonical_table('shipment_events') }}
