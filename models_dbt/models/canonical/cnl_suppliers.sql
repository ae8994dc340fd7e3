-- One row per supplier: the accepted ones of all sources.
{{ canonical_table('suppliers') }}
