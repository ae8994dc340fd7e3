-- One row per refused row of items, with the first rule that it breaks.
{{ rejected_rows('items', parents=['item_categories']) }}
