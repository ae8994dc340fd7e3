-- One row per refused row of id cross references, with the first rule that it breaks.
{{ rejected_rows('id_cross_references') }}
