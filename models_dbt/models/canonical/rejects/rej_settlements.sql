-- One row per refused row of settlements, with the first rule that it breaks.
{{ rejected_rows('settlements', parents=['invoices', 'payments']) }}
