{#- The incoming rows of a table that break its contract, each with the first rule that it breaks:
    (_source, _source_table, _row_number, record_key, rule, column_name, value).

    `parents` are the tables that the contract's references name: dbt has to see them while it parses, and a contract test
    keeps the two equal. Two passes over the incoming rows: one for the rules, one that finds keys given twice. -#}
{% macro rejected_rows(table, parents=[]) %}
{%- set parent_relations = {} %}
{%- for parent in parents %}{% do parent_relations.update({parent: ref('cnl_' ~ parent)}) %}{% endfor %}
{%- set unit_factors = ref('item_unit_factors') if converts_units(table) %}
{%- set rates = ref('document_currency_rates') if converts_currency(table) %}
{%- set incoming_relations_seen = incoming_rows(table, []) if not execute %}
{%- if not execute %}{% do return('select 1 as not_compiled_yet') %}{% endif %}
{%- set contract = contract_of(table) %}
{%- set columns = contract.columns | rejectattr('derived') | list %}
{%- set currency = currency_of(table) %}
{%- set checks = broken_rules(table, columns) %}
{%- set shown = contract.key + (checks | map(attribute='column') | list) %}
{%- set checked_columns = [] %}
{%- for column in columns if column.name in shown or (rates and column.name in [currency_documents()[currency.document], currency.key]) %}
    {%- do checked_columns.append(column) %}
{%- endfor %}
{%- set key_columns = columns | selectattr('name', 'in', contract.key) | list %}
with checked as (
    select
        incoming.*,
        {%- if rates and currency.key %}
        foreign_documents.currency_code as document_currency_code,
        {%- endif %}
        case
            {%- for check in checks %}
            when {{ check.condition }} then {{ loop.index }}
            {%- endfor %}
        end as broken_rule
    from (
        {{- incoming_rows(table, checked_columns) | indent(8) }}
    ) as incoming
    {%- for column in columns if column.references %}
    left join {{ parent_relations[column.references] }} as known_{{ column.name }}
        on incoming.{{ column.name }} = known_{{ column.name }}.{{ contract_of(column.references).key[0] }}
    {%- endfor %}
    {%- if unit_factors %}
    left join {{ unit_factors }} as unit_factors
        on incoming.{{ item_of_unit(table) }} = unit_factors.item_id
        and incoming.uom = unit_factors.uom
    {%- endif %}
    {%- if rates %}
    {{- foreign_document_join(table, parent_relations.get(currency.document), rates) }}
    {%- endif %}
),

refused as (
    select
        _source,
        _source_table,
        _row_number,
        {{ record_key(key_columns) }} as record_key,
        case broken_rule
            {%- for check in checks %}
            when {{ loop.index }} then '{{ check.rule }}'
            {%- endfor %}
        end as rule,
        case broken_rule
            {%- for check in checks %}
            when {{ loop.index }} then '{{ check.column }}'
            {%- endfor %}
        end as column_name,
        case broken_rule
            {%- for check in checks if check.rule != 'missing_value' %}
            when {{ check.number }} then {{ check.value }}
            {%- else %}
            when 0 then cast(null as varchar)
            {%- endfor %}
        end as value
    from checked
    where broken_rule is not null
),

repeated_keys as (
    select key_hash
    from (
        select {{ key_hash(contract.key + (['_source'] if merges_sources(table) else [])) }} as key_hash
        from (
            {{- incoming_rows(table, key_columns) | indent(12) }}
        ) as incoming
    ) as hashed_keys
    group by key_hash
    having count(*) > 1
),

contenders as (
    select
        incoming.*,
        row_number() over (
            partition by {{ (contract.key + (['_source'] if merges_sources(table) else [])) | join(', ') }}
            order by {{ source_rank('_source') }}_source, _source_table, _row_number
        ) as occurrence
    from (
        {{- incoming_rows(table, key_columns) | indent(8) }}
    ) as incoming
    where {{ key_hash(contract.key + (['_source'] if merges_sources(table) else [])) }} in (select key_hash from repeated_keys)
        and not exists (
            select 1
            from refused
            where
                refused._source = incoming._source
                and refused._source_table = incoming._source_table
                and refused._row_number = incoming._row_number
        )
),

repeated as (
    select
        _source,
        _source_table,
        _row_number,
        {{ record_key(key_columns) }} as record_key,
        'duplicate_key' as rule,
        '{{ contract.key[-1] }}' as column_name,
        cast({{ contract.key[-1] }} as varchar) as value
    from contenders
    where occurrence > 1
),

final as (
    select * from refused
    union all
    select * from repeated
)

select * from final
{% endmacro %}

{#- The checks of a table in the order of its columns, as {number, rule, column, condition, value}. -#}
{% macro broken_rules(table, columns) %}
    {% set checks = [] %}
    {% set currency = currency_of(table) %}
    {% for column in columns %}
        {% set name = 'incoming.' ~ column.name %}
        {% set value = 'cast(' ~ name ~ ' as varchar)' %}
        {% if column.required %}
            {% do checks.append({'rule': 'missing_value', 'column': column.name, 'condition': name ~ ' is null'}) %}
        {% endif %}
        {% if column['values'] %}
            {% do checks.append({'rule': 'unknown_value', 'column': column.name, 'condition': name ~ " not in ('" ~ column['values'] | join("', '") ~ "')"}) %}
        {% endif %}
        {% if column.is_positive %}
            {% do checks.append({'rule': 'negative_quantity', 'column': column.name, 'condition': name ~ ' <= 0'}) %}
        {% elif is_quantity(column) and not column.may_be_negative %}
            {% do checks.append({'rule': 'negative_quantity', 'column': column.name, 'condition': name ~ ' < 0'}) %}
        {% endif %}
        {% if column.references %}
            {% set known = 'known_' ~ column.name ~ '.' ~ contract_of(column.references).key[0] %}
            {% do checks.append({'rule': 'unknown_reference', 'column': column.name, 'condition': name ~ ' is not null and ' ~ known ~ ' is null'}) %}
        {% endif %}
        {% if column.name == 'uom' and converts_units(table) %}
            {% set base_uom = 'known_' ~ item_of_unit(table) ~ '.base_uom' %}
            {% do checks.append({'rule': 'unknown_unit', 'column': 'uom', 'condition': name ~ ' <> ' ~ base_uom ~ ' and unit_factors.factor is null'}) %}
        {% endif %}
        {% if column.name == 'currency_code' and converts_currency(table) %}
            {% do checks.append({'rule': 'unknown_currency_rate', 'column': 'currency_code', 'condition': is_foreign(name) ~ ' and document_rates.rate_to_company is null'}) %}
        {% endif %}
    {% endfor %}
    {% if converts_currency(table) and currency.key %}
        {% do checks.append({'rule': 'unknown_currency_rate', 'column': 'currency_code', 'condition': 'foreign_documents.currency_code is not null and foreign_documents.rate_to_company is null'}) %}
    {% endif %}
    {% for check in checks %}
        {% set of_document = check.rule == 'unknown_currency_rate' and currency.key %}
        {% do check.update({'number': loop.index, 'value': 'document_currency_code' if of_document else 'cast(' ~ check.column ~ ' as varchar)'}) %}
    {% endfor %}
    {% do return(checks) %}
{% endmacro %}

{#- A record's key as a person would write it: its parts with a slash between. -#}
{% macro record_key(key_columns, prefix='') %}
{%- for column in key_columns -%}
coalesce(cast({{ prefix }}{{ column.name }} as varchar), ''){{ " || '/' || " if not loop.last }}
{%- endfor -%}
{% endmacro %}

{#- Sorts rows by the order of the sources, where there are several. -#}
{% macro source_rank(column) %}
{%- if several_sources() -%}
case {{ column }}{% for source_name in var('sources') %} when '{{ source_name }}' then {{ loop.index }}{% endfor %} end, {% endif -%}
{% endmacro %}
