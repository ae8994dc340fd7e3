-- One row per category: the accepted ones of all sources.
{{ canonical_table('item_categories') }}
