{#- The accepted rows of a canonical table in company currency and base units, one record per key: everything above the
    canonical layer reads these. Parts that a build does not need (conversion, merging of sources) are not compiled. -#}
{% macro canonical_table(table) %}
{%- set rejects = ref('rej_' ~ table) %}
{%- set currency = currency_of(table) %}
{%- set unit_factors = ref('item_unit_factors') if converts_units(table) %}
{%- set rates = ref('document_currency_rates') if converts_currency(table) %}
{%- set documents = ref('cnl_' ~ currency.document) if rates and currency.key %}
{%- set incoming_relations_seen = incoming_rows(table, []) if not execute %}
{%- if not execute %}{% do return('select 1 as not_compiled_yet') %}{% endif %}
{%- set contract = contract_of(table) %}
{%- set columns = contract.columns | rejectattr('derived') | list %}
{%- set document_columns = contract.columns | selectattr('derived') | rejectattr('name', 'equalto', '_source') | list %}
with incoming as (
    {{- incoming_rows(table, columns) | indent(4) }}
),

accepted as (
    select incoming.*
    from incoming
    where not exists (
        select 1
        from {{ rejects }} as rejects
        where
            rejects._source = incoming._source
            and rejects._source_table = incoming._source_table
            and rejects._row_number = incoming._row_number
    )
),

converted as (
    select
        {%- for column in columns %}
        {{ converted_column(table, column) }} as {{ column.name }},
        {%- endfor %}
        {%- for column in document_columns %}
        incoming.{{ column.name | replace('_document', '') }} as {{ column.name }},
        {%- endfor %}
        incoming._source
    from accepted as incoming
    {%- if rates %}
    {{- foreign_document_join(table, documents, rates) }}
    {%- endif %}
    {%- if unit_factors %}
    left join {{ unit_factors }} as unit_factors
        on incoming.{{ item_of_unit(table) }} = unit_factors.item_id
        and incoming.uom = unit_factors.uom
    {%- endif %}
),

final as (
    {%- if merges_sources(table) %}
    select
        {%- for column in columns + document_columns %}
        {%- if column.name in contract.key %}
        {{ column.name }},
        {%- else %}
        {{ first_source_value(table, column.name) }} as {{ column.name }},
        {%- endif %}
        {%- endfor %}
        {{ first_source_value(table, '_source') }} as _source
    from converted
    group by {{ contract.key | join(', ') }}
    {%- else %}
    select * from converted
    {%- endif %}
)

select * from final
{% endmacro %}

{#- The value of the first source that has one. A source has at most one row per key: others were refused as duplicates. -#}
{% macro first_source_value(table, column_name) -%}
coalesce(
            {%- for source_name in sources_filling(table) %}
            max(case when _source = '{{ source_name }}' then {{ column_name }} end){{ ',' if not loop.last }}
            {%- endfor %}
        )
{%- endmacro %}
