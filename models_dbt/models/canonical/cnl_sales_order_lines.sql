-- One row per sales order line: the accepted ones of all sources.
{{ canonical_table('sales_order_lines') }}
