-- One row per case: the accepted ones of all sources.
{{ canonical_table('service_cases') }}
