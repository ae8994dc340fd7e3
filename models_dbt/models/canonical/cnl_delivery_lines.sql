-- One row per delivery line: the accepted ones of all sources.
{{ canonical_table('delivery_lines') }}
