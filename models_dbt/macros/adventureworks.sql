{#- How the AdventureWorks staging models write a person. -#}
{% macro person_name(person) -%}
    {{ person }}.FirstName || ' ' || coalesce({{ person }}.MiddleName || ' ', '') || {{ person }}.LastName
{%- endmacro %}
