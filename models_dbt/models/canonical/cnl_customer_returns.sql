-- One row per return line: the accepted ones of all sources.
{{ canonical_table('customer_returns') }}
