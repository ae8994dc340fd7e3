-- One row per operation: the accepted ones of all sources.
{{ canonical_table('routing_operations') }}
