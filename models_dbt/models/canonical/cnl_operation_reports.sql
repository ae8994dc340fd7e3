-- One row per report: the accepted ones of all sources.
{{ canonical_table('operation_reports') }}
