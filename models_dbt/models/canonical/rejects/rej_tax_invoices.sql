-- One row per refused row of tax invoices, with the first rule that it breaks.
{{ rejected_rows('tax_invoices', parents=['customers', 'suppliers']) }}
