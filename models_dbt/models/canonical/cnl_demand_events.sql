-- One row per event: the accepted ones of all sources.
{{ canonical_table('demand_events') }}
