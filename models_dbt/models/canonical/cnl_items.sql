-- One row per item: the accepted ones of all sources.
{{ canonical_table('items') }}
