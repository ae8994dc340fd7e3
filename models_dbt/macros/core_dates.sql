{#- One row for each day from the first to the last, both included; the only item of its select. -#}
{% macro each_day(first_day, last_day) -%}
    {{ adapter.dispatch('each_day')(first_day, last_day) }}
{%- endmacro %}

{% macro duckdb__each_day(first_day, last_day) -%}
    cast(unnest(generate_series({{ first_day }}, {{ last_day }}, interval 1 day)) as date)
{%- endmacro %}

{% macro spark__each_day(first_day, last_day) -%}
    explode(sequence({{ first_day }}, {{ last_day }}, interval 1 day))
{%- endmacro %}
