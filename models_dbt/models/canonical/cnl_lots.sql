-- One row per lot: the accepted ones of all sources.
{{ canonical_table('lots') }}
