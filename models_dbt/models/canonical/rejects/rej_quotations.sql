-- One row per refused row of quotations, with the first rule that it breaks.
{{ rejected_rows('quotations', parents=['customers', 'opportunities', 'sales_reps', 'sales_orders']) }}
