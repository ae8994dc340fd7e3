-- One row per refused row of item costs, with the first rule that it breaks.
{{ rejected_rows('item_costs', parents=['items', 'locations']) }}
