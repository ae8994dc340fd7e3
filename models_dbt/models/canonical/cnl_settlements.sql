-- One row per settlement line: the accepted ones of all sources.
{{ canonical_table('settlements') }}
