-- One row per refused row of bom components, with the first rule that it breaks.
{{ rejected_rows('bom_components', parents=['boms', 'items', 'routing_operations']) }}
