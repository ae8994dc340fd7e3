{#- A layer's schema has the layer's name, without dbt's target prefix. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name | trim if custom_schema_name else 'main' }}
{%- endmacro %}
