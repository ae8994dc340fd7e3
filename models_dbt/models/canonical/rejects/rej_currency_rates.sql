-- One row per refused row of currency rates, with the first rule that it breaks.
{{ rejected_rows('currency_rates') }}
