-- One row per quotation line: the accepted ones of all sources.
{{ canonical_table('quotation_lines') }}
