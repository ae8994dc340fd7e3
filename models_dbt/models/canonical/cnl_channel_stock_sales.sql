-- One row per customer × item × week start date: the accepted ones of all sources.
{{ canonical_table('channel_stock_sales') }}
