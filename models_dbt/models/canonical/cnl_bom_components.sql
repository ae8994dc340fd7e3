-- One row per bom component: the accepted ones of all sources.
{{ canonical_table('bom_components') }}
