{#- Hours from one moment to another, to the second, as double; null where either is missing. -#}
{% macro hours_from(first_moment, second_moment) -%}
    cast({{ dbt.datediff(first_moment, second_moment, 'second') }} as double) / 3600
{%- endmacro %}

{#- Whether something was done within its hours: null while it is neither done nor past them. -#}
{% macro within_hours(hours, is_open, hours_open, target) -%}
    case
        when {{ hours }} <= {{ target }} then 1
        when {{ hours }} > {{ target }} then 0
        when {{ is_open }} = 1 and {{ hours_open }} > {{ target }} then 0
    end
{%- endmacro %}
