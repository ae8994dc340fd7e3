-- One row per refused row of campaigns, with the first rule that it breaks.
{{ rejected_rows('campaigns') }}
