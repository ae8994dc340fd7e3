-- One row per shipment line: the accepted ones of all sources.
{{ canonical_table('shipment_lines') }}
