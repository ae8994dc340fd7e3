-- One row per refused row of invoice lines, with the first rule that it breaks.
{{ rejected_rows('invoice_lines', parents=['invoices', 'items', 'sales_order_lines', 'purchase_order_lines']) }}
