-- One row per refused row of service cases, with the first rule that it breaks.
{{ rejected_rows('service_cases', parents=['customers', 'items', 'sales_order_lines']) }}
