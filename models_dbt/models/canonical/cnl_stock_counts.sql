-- One row per count: the accepted ones of all sources.
{{ canonical_table('stock_counts') }}
