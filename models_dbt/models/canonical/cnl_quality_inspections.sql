-- One row per inspection: the accepted ones of all sources.
{{ canonical_table('quality_inspections') }}
