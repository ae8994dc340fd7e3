-- One row per refused row of document changes, with the first rule that it breaks.
{{ rejected_rows('document_changes') }}
