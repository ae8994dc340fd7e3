-- One row per refused row of activities, with the first rule that it breaks.
{{ rejected_rows('activities', parents=['customers', 'opportunities', 'sales_reps']) }}
