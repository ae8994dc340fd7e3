-- One row per quotation: the accepted ones of all sources.
{{ canonical_table('quotations') }}
