-- One row per calendar × shift date × shift: the accepted ones of all sources.
{{ canonical_table('shifts') }}
