-- One row per movement: the accepted ones of all sources.
{{ canonical_table('stock_movements') }}
