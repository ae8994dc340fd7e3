-- One row per tax invoice: the accepted ones of all sources.
{{ canonical_table('tax_invoices') }}
