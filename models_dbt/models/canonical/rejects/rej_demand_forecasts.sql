-- One row per refused row of demand forecasts, with the first rule that it breaks.
{{ rejected_rows('demand_forecasts', parents=['items', 'locations', 'customers']) }}
