-- One row per finding of joining several sources: an unmatched record, a conflicting or dangling reference, a conflicting value.
{{ config(materialized='table') }}
{%- set branches = [] %}
{%- set cross_references = ref('cnl_id_cross_references') %}
{%- set given = incoming_rows('id_cross_references', contract_of('id_cross_references').columns | rejectattr('derived') | list if execute else []) %}
{%- if several_sources() %}
{%- for table in filled_tables() %}
    {%- set records = ref('cnl_' ~ table) %}
    {%- set rows_of_table = converted_rows(table, with_source_id=true) if merges_sources(table) %}
    {%- if execute %}
        {%- set contract = contract_of(table) %}
        {%- if contract.key | length == 1 %}
            {%- do branches.append(dangling_references(table, contract.key[0], records, cross_references)) %}
        {%- endif %}
        {%- if merges_sources(table) and contract.key | length == 1 %}
            {%- do branches.append(unmatched_records(table, contract.key[0], rows_of_table, cross_references)) %}
        {%- endif %}
        {%- if merges_sources(table) and compared_columns(contract) %}
            {%- do branches.append(conflicting_values(table, contract, rows_of_table, records)) %}
        {%- endif %}
    {%- endif %}
{%- endfor %}
{%- endif %}

with conflicting_references as (
    select distinct
        given.entity,
        given.source,
        given.source_id,
        kept.canonical_id,
        'conflicting_reference' as finding,
        cast(null as varchar) as column_name,
        kept.canonical_id as kept_value,
        given.canonical_id as other_value
    from (
        {{- given | indent(8) }}
    ) as given
    inner join {{ cross_references }} as kept
        on given.entity = kept.entity
        and given.source = kept.source
        and given.source_id = kept.source_id
    where given.canonical_id <> kept.canonical_id
),

final as (
    select * from conflicting_references
    {%- for branch in branches %}
    union all
    {{- branch | indent(4) }}
    {%- endfor %}
)

select * from final
