-- One row per refused row of work orders, with the first rule that it breaks.
{{ rejected_rows('work_orders', parents=['production_orders', 'routing_operations', 'work_centres']) }}
