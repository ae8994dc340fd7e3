-- One row per lead: the accepted ones of all sources.
{{ canonical_table('leads') }}
