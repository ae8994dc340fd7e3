-- One row per refused row of sales quotas, with the first rule that it breaks.
{{ rejected_rows('sales_quotas', parents=['sales_reps']) }}
