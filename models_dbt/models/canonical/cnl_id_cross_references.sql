-- One row per entity × source × source: the accepted ones of all sources.
{{ canonical_table('id_cross_references') }}
