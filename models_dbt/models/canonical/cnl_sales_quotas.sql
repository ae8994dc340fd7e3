-- One row per sales rep × month start date: the accepted ones of all sources.
{{ canonical_table('sales_quotas') }}
