-- One row per refused row of uom conversions, with the first rule that it breaks.
{{ rejected_rows('uom_conversions') }}
