-- One row per refused row of stock movements, with the first rule that it breaks.
{{ rejected_rows('stock_movements', parents=['items', 'locations', 'lots']) }}
