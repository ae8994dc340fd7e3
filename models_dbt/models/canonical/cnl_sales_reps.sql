-- One row per sales rep: the accepted ones of all sources.
{{ canonical_table('sales_reps') }}
