{#- The accepted rows of a canonical table in company currency and base units, one record per key: everything above the
    canonical layer reads these. Parts that a build does not need (conversion, merging of sources) are not compiled. -#}
{% macro canonical_table(table) %}
{%- set converted = converted_rows(table) %}
{%- if not execute %}{% do return('select 1 as not_compiled_yet') %}{% endif %}
{%- set contract = contract_of(table) %}
with converted as (
    {{- converted | indent(4) }}
),

final as (
    {%- if merges_sources(table) %}
    select
        {%- for column in contract.columns | rejectattr('name', 'equalto', '_source') %}
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

{#- The accepted rows of a table, converted, with the contract's columns: one for each source that has the record. -#}
{% macro converted_rows(table, with_source_id=false) %}
{%- set rejects = ref('rej_' ~ table) %}
{%- set currency = currency_of(table) %}
{%- set unit_factors = ref('item_unit_factors') if converts_units(table) %}
{%- set rates = ref('document_currency_rates') if converts_currency(table) %}
{%- set documents = ref('cnl_' ~ currency.document) if rates and currency.key %}
{%- set columns = contract_of(table).columns if execute else [] %}
{%- set incoming = incoming_rows(table, columns | rejectattr('derived') | list, with_source_id) %}
select
    {%- for column in columns %}
    {{ converted_column(table, column) }} as {{ column.name }}
    {%- if not loop.last or with_source_id %},{% endif %}
    {%- endfor %}
    {%- if with_source_id %}
    incoming._source_id
    {%- endif %}
from (
    {{- incoming | indent(4) }}
) as incoming
{#- A join and not `not exists`: DuckDB plans the latter by sorting out all rows of the table first, three times as dear. #}
left join {{ rejects }} as rejects
    on incoming._source = rejects._source
    and incoming._source_table = rejects._source_table
    and incoming._row_number = rejects._row_number
{%- if rates %}
{{- foreign_document_join(table, documents, rates) }}
{%- endif %}
{%- if unit_factors %}
left join {{ unit_factors }} as unit_factors
    on incoming.{{ item_of_unit(table) }} = unit_factors.item_id
    and incoming.uom = unit_factors.uom
{%- endif %}
where rejects._row_number is null
{% endmacro %}

{#- The value of the first source that has one. A source has at most one row per key: others were refused as duplicates. -#}
{% macro first_source_value(table, column_name) -%}
coalesce(
            {%- for source_name in sources_filling(table) %}
            max(case when _source = '{{ source_name }}' then {{ column_name }} end){{ ',' if not loop.last }}
            {%- endfor %}
        )
{%- endmacro %}
