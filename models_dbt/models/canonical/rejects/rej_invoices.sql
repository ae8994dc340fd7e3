-- One row per refused row of invoices, with the first rule that it breaks.
{{ rejected_rows('invoices', parents=['customers', 'suppliers']) }}
