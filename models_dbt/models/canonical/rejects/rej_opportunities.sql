-- One row per refused row of opportunities, with the first rule that it breaks.
{{ rejected_rows('opportunities', parents=['customers', 'leads', 'sales_reps', 'campaigns']) }}
