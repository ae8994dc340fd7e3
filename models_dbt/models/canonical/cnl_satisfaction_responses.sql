-- One row per response: the accepted ones of all sources.
{{ canonical_table('satisfaction_responses') }}
