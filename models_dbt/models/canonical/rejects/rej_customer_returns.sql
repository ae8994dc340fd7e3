-- One row per refused row of customer returns, with the first rule that it breaks.
{{ rejected_rows('customer_returns', parents=['sales_order_lines', 'customers', 'items']) }}
