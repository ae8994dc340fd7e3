{#- What the sources must agree on: records of a later source that match none of an earlier one are shown for these, and
    for every other entity that has cross-references at all. Documents of two systems need not match. -#}
{% macro shared_master_data() %}
    {% do return(['items', 'item_categories', 'locations', 'customers', 'suppliers', 'sales_reps', 'work_centres']) %}
{% endmacro %}

{#- Tables that any source of the build fills, each once. -#}
{% macro filled_tables() %}
    {% set tables = [] %}
    {% for filled in var('owned_entities').values() %}
        {% for table in filled if table not in tables and table != 'id_cross_references' %}{% do tables.append(table) %}{% endfor %}
    {% endfor %}
    {% do return(tables | sort) %}
{% endmacro %}

{#- Records of the later sources that no cross-reference names. -#}
{% macro unmatched_records(table, key_column, rows_of_table, cross_references) %}
select
    '{{ table }}' as entity,
    records._source as source,
    records._source_id as source_id,
    records.{{ key_column }} as canonical_id,
    'unmatched' as finding,
    cast(null as varchar) as column_name,
    cast(null as varchar) as kept_value,
    cast(null as varchar) as other_value
from (
    {{- rows_of_table | indent(4) }}
) as records
where records._source in ('{{ sources_filling(table)[1:] | join("', '") }}')
    and not exists (
        select 1
        from {{ cross_references }} as cross_references
        where
            cross_references.entity = '{{ table }}'
            and cross_references.source = records._source
            and cross_references.source_id = records._source_id
    )
    {%- if table not in shared_master_data() %}
    and exists (select 1 from {{ cross_references }} as cross_references where cross_references.entity = '{{ table }}')
    {%- endif %}
{% endmacro %}

{#- Values of a record in which a later source differs from what was kept. -#}
{% macro conflicting_values(table, contract, rows_of_table, kept) %}
select
    '{{ table }}' as entity,
    records._source as source,
    records._source_id as source_id,
    {{ record_key(contract.columns | selectattr('name', 'in', contract.key) | list, 'kept.') }} as canonical_id,
    'conflicting_value' as finding,
    compared.column_name,
    case compared.column_name
        {%- for column in compared_columns(contract) %}
        when '{{ column.name }}' then cast(kept.{{ column.name }} as varchar)
        {%- endfor %}
    end as kept_value,
    case compared.column_name
        {%- for column in compared_columns(contract) %}
        when '{{ column.name }}' then cast(records.{{ column.name }} as varchar)
        {%- endfor %}
    end as other_value
from (
    {{- rows_of_table | indent(4) }}
) as records
inner join {{ kept }} as kept
    on {% for name in contract.key %}records.{{ name }} = kept.{{ name }}{{ ' and ' if not loop.last }}{% endfor %}
cross join (
    {%- for column in compared_columns(contract) %}
    select '{{ column.name }}' as column_name{{ ' union all' if not loop.last }}
    {%- endfor %}
) as compared
where
    records._source <> kept._source
    and case compared.column_name
        {%- for column in compared_columns(contract) %}
        when '{{ column.name }}' then records.{{ column.name }} <> kept.{{ column.name }}
        {%- endfor %}
    end
{% endmacro %}

{% macro compared_columns(contract) %}
    {% set columns = [] %}
    {% for column in contract.columns if not column.derived and column.name not in contract.key %}{% do columns.append(column) %}{% endfor %}
    {% do return(columns) %}
{% endmacro %}

{#- Cross-references to a record that no source has. -#}
{% macro dangling_references(table, key_column, records, cross_references) %}
select
    cross_references.entity,
    cross_references.source,
    cross_references.source_id,
    cross_references.canonical_id,
    'dangling' as finding,
    cast(null as varchar) as column_name,
    cast(null as varchar) as kept_value,
    cast(null as varchar) as other_value
from {{ cross_references }} as cross_references
left join {{ records }} as records
    on cross_references.canonical_id = records.{{ key_column }}
where
    cross_references.entity = '{{ table }}'
    and records.{{ key_column }} is null
{% endmacro %}
