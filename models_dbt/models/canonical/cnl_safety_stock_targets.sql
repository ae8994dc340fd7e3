-- One row per item × location × valid from date: the accepted ones of all sources.
{{ canonical_table('safety_stock_targets') }}
