-- One row per account: the accepted ones of all sources.
{{ canonical_table('ledger_accounts') }}
