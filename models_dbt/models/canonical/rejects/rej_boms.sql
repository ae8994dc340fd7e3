-- One row per refused row of boms, with the first rule that it breaks.
{{ rejected_rows('boms', parents=['items', 'locations']) }}
