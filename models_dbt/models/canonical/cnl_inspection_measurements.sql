-- One row per inspection × characteristic × sample: the accepted ones of all sources.
{{ canonical_table('inspection_measurements') }}
