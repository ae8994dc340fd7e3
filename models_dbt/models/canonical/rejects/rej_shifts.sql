-- One row per refused row of shifts, with the first rule that it breaks.
{{ rejected_rows('shifts') }}
