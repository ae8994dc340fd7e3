-- One row per transfer order line: the accepted ones of all sources.
{{ canonical_table('transfer_orders') }}
