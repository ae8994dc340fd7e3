-- One row per receipt line: the accepted ones of all sources.
{{ canonical_table('purchase_receipts') }}
