{#- A currency other than the company's. An empty code is the company's currency. -#}
{% macro is_foreign(column) -%}
{{ column }} <> '{{ var("company_currency") }}'
{%- endmacro %}

{#- Joins what converts the rows of `incoming`: `document_rates` for tables that are documents themselves, `foreign_documents`
    (documents in another currency, with their rate) for lines. -#}
{% macro foreign_document_join(table, documents, rates) %}
{%- set currency = currency_of(table) %}
{%- set date_column = currency_documents()[currency.document] %}
{%- if currency.key %}
    left join (
        select
            documents.{{ currency.key }},
            documents.currency_code,
            document_rates.rate_to_company
        from {{ documents }} as documents
        left join {{ rates }} as document_rates
            on documents.currency_code = document_rates.currency_code
            and cast(documents.{{ date_column }} as date) = document_rates.document_date
        where {{ is_foreign('documents.currency_code') }}
    ) as foreign_documents
        on incoming.{{ currency.key }} = foreign_documents.{{ currency.key }}
{%- else %}
    left join {{ rates }} as document_rates
        on incoming.currency_code = document_rates.currency_code
        and cast(incoming.{{ date_column }} as date) = document_rates.document_date
{%- endif %}
{%- endmacro %}

{#- A column of a contract, from `incoming`, in company currency and base unit. Untouched where there is nothing to convert. -#}
{% macro converted_column(table, column) %}
{%- set name = 'incoming.' ~ column.name -%}
{%- set currency = currency_of(table) -%}
{%- set rate = ('foreign_documents' if currency.key else 'document_rates') ~ '.rate_to_company' if converts_currency(table) and column.name in currency.amounts -%}
{%- set by_unit = converts_units(table) and (is_quantity(column) or is_price_of_a_unit(column)) -%}
{%- if column.derived and column.name != '_source' -%}
incoming.{{ column.name | replace('_document', '') }}
{%- elif column.name == 'uom' and converts_units(table) -%}
coalesce(unit_factors.base_uom, incoming.uom)
{%- elif rate and by_unit -%}
case
            when {{ rate }} is null and unit_factors.factor is null then {{ name }}
            else cast(cast({{ name }} as double) * coalesce({{ rate }}, 1) / coalesce(unit_factors.factor, 1) as decimal(18, 6))
        end
{%- elif rate -%}
case when {{ rate }} is null then {{ name }} else {{ times(name, rate) }} end
{%- elif by_unit and is_quantity(column) -%}
case when unit_factors.factor is null then {{ name }} else {{ times(name, 'unit_factors.factor') }} end
{%- elif by_unit -%}
case when unit_factors.factor is null then {{ name }} else cast(cast({{ name }} as double) / unit_factors.factor as decimal(18, 6)) end
{%- else -%}
{{ name }}
{%- endif -%}
{% endmacro %}
