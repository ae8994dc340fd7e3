-- One row per refused row of routing operations, with the first rule that it breaks.
{{ rejected_rows('routing_operations', parents=['boms', 'work_centres']) }}
