-- One row per from location × to location × transport mode: the accepted ones of all sources.
{{ canonical_table('transport_lanes') }}
