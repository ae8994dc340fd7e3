-- One row per currency code × rate date: the accepted ones of all sources.
{{ canonical_table('currency_rates') }}
