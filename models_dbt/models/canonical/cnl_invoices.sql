-- One row per invoice: the accepted ones of all sources.
{{ canonical_table('invoices') }}
