-- One row per refused row of customers, with the first rule that it breaks.
{{ rejected_rows('customers', parents=['sales_reps', 'campaigns']) }}
