-- One row per refused row of sales reps, with the first rule that it breaks.
{{ rejected_rows('sales_reps') }}
