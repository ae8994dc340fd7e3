-- One row per refused row of opportunity lines, with the first rule that it breaks.
{{ rejected_rows('opportunity_lines', parents=['opportunities', 'items', 'item_categories']) }}
