-- One row per refused row of shipments, with the first rule that it breaks.
{{ rejected_rows('shipments', parents=['purchase_orders', 'deliveries', 'transfer_orders', 'locations']) }}
