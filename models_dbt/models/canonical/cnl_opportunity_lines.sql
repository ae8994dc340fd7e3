-- One row per opportunity line: the accepted ones of all sources.
{{ canonical_table('opportunity_lines') }}
