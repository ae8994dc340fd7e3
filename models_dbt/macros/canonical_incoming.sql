{#- The relations that hold the incoming rows of a table: landed files have the contract's names and types already, other
    systems come through staging. Refers only to adapters that take part in the build. -#}
{% macro incoming_relations(table) %}
    {% set relations = [] %}
    {% if 'files' in var('adapters') %}
        {% do relations.append({'relation': source('files', table), 'source_table': "'" ~ table ~ "'"}) %}
    {% endif %}
    {% for adapter_name in var('adapters') if adapter_name != 'files' and table in staged_tables(adapter_name) %}
        {% do relations.append({'relation': ref('stg_' ~ adapter_name ~ '__' ~ table), 'source_table': '_source_table'}) %}
    {% endfor %}
    {% do return(relations) %}
{% endmacro %}

{#- Select `columns` (of the contract, as dicts) of the incoming rows with _source, _source_table and _row_number.
    Where several sources make the build, ids are those of the canonical records; `with_source_id` keeps the source's own
    key beside them as _source_id. -#}
{% macro incoming_rows(table, columns, with_source_id=false) %}
{%- set relations = incoming_relations(table) %}
{%- set cross_references = ref('cnl_id_cross_references') if several_sources() and table != 'id_cross_references' %}
{%- if execute %}
{%- set entities = [] %}
{%- set key = contract_of(table).key if cross_references else [] %}
{%- if cross_references %}
    {%- for column in columns %}
        {%- set entity = column.entity or (table if key == [column.name]) %}
        {%- if entity %}{% do entities.append({'column': column.name, 'entity': entity}) %}{% endif %}
    {%- endfor %}
{%- endif %}
{%- set branches %}
{%- for branch in relations %}
select
    {%- for column in columns %}
    {{ column.name }},
    {%- endfor %}
    _source,
    {{ branch.source_table }} as _source_table,
    _row_number
from {{ branch.relation }}
{%- if not loop.last %}
union all
{%- endif %}
{%- else %}
select
    {%- for column in columns %}
    cast(null as {{ column.data_type }}) as {{ column.name }},
    {%- endfor %}
    cast(null as varchar) as _source,
    cast(null as varchar) as _source_table,
    cast(null as bigint) as _row_number
where false
{%- endfor %}
{%- endset %}
{%- if not entities %}
{{ branches }}
{%- else %}
select
    {%- for column in columns %}
    {%- set numbered = entities | selectattr('column', 'equalto', column.name) | list %}
    {%- if numbered %}
    {{ canonical_id(column.name, numbered[0].entity) }} as {{ column.name }},
    {%- else %}
    rows_of_sources.{{ column.name }},
    {%- endif %}
    {%- endfor %}
    {%- if with_source_id %}
    {{ record_key(columns | selectattr('name', 'in', key) | list, 'rows_of_sources.') }} as _source_id,
    {%- endif %}
    rows_of_sources._source,
    rows_of_sources._source_table,
    rows_of_sources._row_number
from (
{{- branches }}
) as rows_of_sources
{%- for numbered in entities %}
left join {{ cross_references }} as same_{{ numbered.column }}
    on same_{{ numbered.column }}.entity = '{{ numbered.entity }}'
    and same_{{ numbered.column }}.source = rows_of_sources._source
    and same_{{ numbered.column }}.source_id = rows_of_sources.{{ numbered.column }}
{%- endfor %}
{%- endif %}
{%- endif %}
{% endmacro %}

{#- The id of the canonical record: as the cross-references say; otherwise the source's own number, which carries the
    source's name where an earlier source numbers the same entity too. `*` (any item) is nobody's number. -#}
{% macro canonical_id(column_name, entity) %}
{%- set later_sources = sources_filling(entity)[1:] -%}
coalesce(
        same_{{ column_name }}.canonical_id,
        {%- if later_sources %}
        case
            when rows_of_sources._source in ('{{ later_sources | join("', '") }}') and rows_of_sources.{{ column_name }} <> '*'
                then rows_of_sources._source || ':' || rows_of_sources.{{ column_name }}
        end,
        {%- endif %}
        rows_of_sources.{{ column_name }}
    )
{%- endmacro %}
