-- One row per production order × component line: the accepted ones of all sources.
{{ canonical_table('production_order_components') }}
