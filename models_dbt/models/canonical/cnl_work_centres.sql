-- One row per work centre: the accepted ones of all sources.
{{ canonical_table('work_centres') }}
