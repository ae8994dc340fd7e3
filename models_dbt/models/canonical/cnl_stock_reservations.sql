-- One row per item × location × lot × document type × line: the accepted ones of all sources.
{{ canonical_table('stock_reservations') }}
