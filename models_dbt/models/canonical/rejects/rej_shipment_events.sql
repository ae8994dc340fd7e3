-- One row per refused row of shipment events, with the first rule that it breaks.
{{ rejected_rows('shipment_events', parents=['shipments']) }}
