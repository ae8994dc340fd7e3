-- One row per refused row of sales order lines, with the first rule that it breaks.
{{ rejected_rows('sales_order_lines', parents=['sales_orders', 'items', 'locations']) }}
