-- One row per item × location: the accepted ones of all sources.
{{ canonical_table('planning_policies') }}
