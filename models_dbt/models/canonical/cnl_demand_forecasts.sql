-- One row per item × location × customer × channel × bucket start date × bucket × stage × created at: the accepted ones of all sources.
{{ canonical_table('demand_forecasts') }}
