-- One row per production order: the accepted ones of all sources.
{{ canonical_table('production_orders') }}
