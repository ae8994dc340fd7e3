-- One row per delivery: the accepted ones of all sources.
{{ canonical_table('deliveries') }}
