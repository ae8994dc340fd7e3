-- One row per state: the accepted ones of all sources.
{{ canonical_table('work_centre_states') }}
