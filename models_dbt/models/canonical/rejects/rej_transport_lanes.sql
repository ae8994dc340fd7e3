-- One row per refused row of transport lanes, with the first rule that it breaks.
{{ rejected_rows('transport_lanes', parents=['locations']) }}
