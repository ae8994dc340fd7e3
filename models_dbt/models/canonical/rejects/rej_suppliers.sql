-- One row per refused row of suppliers, with the first rule that it breaks.
{{ rejected_rows('suppliers') }}
