-- One row per payment: the accepted ones of all sources.
{{ canonical_table('payments') }}
