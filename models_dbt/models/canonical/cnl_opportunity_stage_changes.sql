-- One row per opportunity × changed at × stage: the accepted ones of all sources.
{{ canonical_table('opportunity_stage_changes') }}
