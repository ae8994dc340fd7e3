-- One row per refused row of work centres, with the first rule that it breaks.
{{ rejected_rows('work_centres', parents=['locations']) }}
