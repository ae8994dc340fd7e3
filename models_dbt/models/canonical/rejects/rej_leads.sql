-- One row per refused row of leads, with the first rule that it breaks.
{{ rejected_rows('leads', parents=['campaigns', 'customers']) }}
