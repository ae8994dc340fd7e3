-- One row per refused row of operation reports, with the first rule that it breaks.
{{ rejected_rows('operation_reports', parents=['work_orders']) }}
