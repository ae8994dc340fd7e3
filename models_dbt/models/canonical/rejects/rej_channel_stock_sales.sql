-- One row per refused row of channel stock sales, with the first rule that it breaks.
{{ rejected_rows('channel_stock_sales', parents=['customers', 'items']) }}
