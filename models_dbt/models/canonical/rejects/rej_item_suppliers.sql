-- One row per refused row of item suppliers, with the first rule that it breaks.
{{ rejected_rows('item_suppliers', parents=['items', 'suppliers']) }}
