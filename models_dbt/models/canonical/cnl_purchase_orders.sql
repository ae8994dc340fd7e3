-- One row per purchase order: the accepted ones of all sources.
{{ canonical_table('purchase_orders') }}
