-- One row per as of date × item × location × lot × stock status: the accepted ones of all sources.
{{ canonical_table('stock_balances') }}
