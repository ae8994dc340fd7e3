-- One row per invoice line: the accepted ones of all sources.
{{ canonical_table('invoice_lines') }}
