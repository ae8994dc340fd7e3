-- One row per refused row of planning policies, with the first rule that it breaks.
{{ rejected_rows('planning_policies', parents=['items', 'locations']) }}
