-- One row per work order: the accepted ones of all sources.
{{ canonical_table('work_orders') }}
