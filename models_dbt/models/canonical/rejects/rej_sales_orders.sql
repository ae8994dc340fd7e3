-- One row per refused row of sales orders, with the first rule that it breaks.
{{ rejected_rows('sales_orders', parents=['customers', 'sales_reps', 'opportunities']) }}
