-- One row per refused row of supplier tiers, with the first rule that it breaks.
{{ rejected_rows('supplier_tiers', parents=['suppliers', 'items']) }}
