-- One row per refused row of demand events, with the first rule that it breaks.
{{ rejected_rows('demand_events', parents=['items', 'item_categories', 'customers']) }}
