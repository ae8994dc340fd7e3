-- One row per item × supplier × valid from date: the accepted ones of all sources.
{{ canonical_table('item_suppliers') }}
