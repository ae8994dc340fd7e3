-- One row per refused row of stock counts, with the first rule that it breaks.
{{ rejected_rows('stock_counts', parents=['items', 'locations', 'lots']) }}
