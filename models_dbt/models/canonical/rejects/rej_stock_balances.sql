-- One row per refused row of stock balances, with the first rule that it breaks.
{{ rejected_rows('stock_balances', parents=['items', 'locations', 'lots']) }}
