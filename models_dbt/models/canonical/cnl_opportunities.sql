-- One row per opportunity: the accepted ones of all sources.
{{ canonical_table('opportunities') }}
