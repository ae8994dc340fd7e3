-- One row per entry line: the accepted ones of all sources.
{{ canonical_table('ledger_entries') }}
