-- One row per refused row of safety stock targets, with the first rule that it breaks.
{{ rejected_rows('safety_stock_targets', parents=['items', 'locations']) }}
