{#- The product of two decimal(18,6) columns, as decimal(18,6): money × quantity without overflowing 38 digits. -#}
{% macro times(left, right) -%}
    cast(cast({{ left }} as double) * cast({{ right }} as double) as decimal(18, 6))
{%- endmacro %}

{#- The build's as-of date. -#}
{% macro as_of() -%}
    cast('{{ var("as_of") }}' as date)
{%- endmacro %}
