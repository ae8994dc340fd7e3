-- One row per refused row of tax invoice lines, with the first rule that it breaks.
{{ rejected_rows('tax_invoice_lines', parents=['tax_invoices', 'invoice_lines']) }}
