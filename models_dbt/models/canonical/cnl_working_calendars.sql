-- One row per calendar × calendar date: the accepted ones of all sources.
{{ canonical_table('working_calendars') }}
