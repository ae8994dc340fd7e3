-- One row per refused row of production order components, with the first rule that it breaks.
{{ rejected_rows('production_order_components', parents=['production_orders', 'items', 'locations']) }}
