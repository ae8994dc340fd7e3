-- One row per supplier × upstream supplier × item: the accepted ones of all sources.
{{ canonical_table('supplier_tiers') }}
