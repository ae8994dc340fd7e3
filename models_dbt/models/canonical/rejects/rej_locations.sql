-- One row per refused row of locations, with the first rule that it breaks.
{{ rejected_rows('locations') }}
