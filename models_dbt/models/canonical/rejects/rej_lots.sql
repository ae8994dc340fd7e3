-- One row per refused row of lots, with the first rule that it breaks.
{{ rejected_rows('lots', parents=['items', 'suppliers']) }}
