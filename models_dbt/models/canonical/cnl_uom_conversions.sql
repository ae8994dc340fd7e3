-- One row per item × uom × base uom: the accepted ones of all sources.
{{ canonical_table('uom_conversions') }}
