-- One row per refused row of stock reservations, with the first rule that it breaks.
{{ rejected_rows('stock_reservations', parents=['items', 'locations', 'lots']) }}
