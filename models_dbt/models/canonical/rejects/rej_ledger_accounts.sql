-- One row per refused row of ledger accounts, with the first rule that it breaks.
{{ rejected_rows('ledger_accounts') }}
