-- One row per refused row of work centre states, with the first rule that it breaks.
{{ rejected_rows('work_centre_states', parents=['work_centres', 'work_orders']) }}
