-- One row per refused row of deliveries, with the first rule that it breaks.
{{ rejected_rows('deliveries', parents=['customers', 'locations']) }}
