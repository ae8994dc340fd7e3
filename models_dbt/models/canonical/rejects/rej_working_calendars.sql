-- One row per refused row of working calendars, with the first rule that it breaks.
{{ rejected_rows('working_calendars') }}
