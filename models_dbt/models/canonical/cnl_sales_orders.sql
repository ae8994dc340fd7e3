-- One row per sales order: the accepted ones of all sources.
{{ canonical_table('sales_orders') }}
