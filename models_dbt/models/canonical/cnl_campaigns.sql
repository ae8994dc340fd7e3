-- One row per campaign: the accepted ones of all sources.
{{ canonical_table('campaigns') }}
