-- One row per customer: the accepted ones of all sources.
{{ canonical_table('customers') }}
