-- One row per refused row of transfer orders, with the first rule that it breaks.
{{ rejected_rows('transfer_orders', parents=['items', 'locations']) }}
