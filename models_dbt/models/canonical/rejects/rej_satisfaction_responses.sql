-- One row per refused row of satisfaction responses, with the first rule that it breaks.
{{ rejected_rows('satisfaction_responses', parents=['customers', 'sales_orders', 'service_cases']) }}
