-- One row per location: the accepted ones of all sources.
{{ canonical_table('locations') }}
