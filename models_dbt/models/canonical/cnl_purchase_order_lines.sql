-- One row per purchase order line: the accepted ones of all sources.
{{ canonical_table('purchase_order_lines') }}
