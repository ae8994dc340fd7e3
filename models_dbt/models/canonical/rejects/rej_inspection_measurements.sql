-- One row per refused row of inspection measurements, with the first rule that it breaks.
{{ rejected_rows('inspection_measurements', parents=['quality_inspections']) }}
