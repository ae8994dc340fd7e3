-- One row per refused row of item categories, with the first rule that it breaks.
{{ rejected_rows('item_categories') }}
