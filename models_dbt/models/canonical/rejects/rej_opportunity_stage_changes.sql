-- One row per refused row of opportunity stage changes, with the first rule that it breaks.
{{ rejected_rows('opportunity_stage_changes', parents=['opportunities']) }}
