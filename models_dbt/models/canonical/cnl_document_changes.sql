-- One row per document type × line × field × changed at: the accepted ones of all sources.
{{ canonical_table('document_changes') }}
