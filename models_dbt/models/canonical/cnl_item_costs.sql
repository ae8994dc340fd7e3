-- One row per item × location × valid from date: the accepted ones of all sources.
{{ canonical_table('item_costs') }}
