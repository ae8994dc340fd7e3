-- One row per tax invoice × line number: the accepted ones of all sources.
{{ canonical_table('tax_invoice_lines') }}
