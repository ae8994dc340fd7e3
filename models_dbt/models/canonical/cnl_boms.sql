-- One row per bom: the accepted ones of all sources.
{{ canonical_table('boms') }}
