-- One row per entity × source × source id: the accepted ones of all sources.
{{ canonical_table('id_cross_references') }}
