-- One row per refused row of ledger entries, with the first rule that it breaks.
{{ rejected_rows('ledger_entries', parents=['ledger_accounts', 'customers', 'suppliers']) }}
