-- One row per activity: the accepted ones of all sources.
{{ canonical_table('activities') }}
