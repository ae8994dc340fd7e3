-- One row per refused row of payments, with the first rule that it breaks.
{{ rejected_rows('payments', parents=['customers', 'suppliers']) }}
