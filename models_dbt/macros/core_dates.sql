{#- One row per day from `first_day` to `last_day` (both included), in the column `date_day`. Both are scalar expressions over `bounds`. -#}
{% macro days_between(bounds, first_day, last_day) -%}
    {{ return(adapter.dispatch('days_between', 'control_tower')(bounds, first_day, last_day)) }}
{%- endmacro %}

{% macro duckdb__days_between(bounds, first_day, last_day) -%}
    select cast(unnest(generate_series({{ first_day }}, {{ last_day }}, interval 1 day)) as date) as date_day
    from {{ bounds }}
{%- endmacro %}

{% macro spark__days_between(bounds, first_day, last_day) -%}
    select explode(sequence({{ first_day }}, {{ last_day }}, interval 1 day)) as date_day
    from {{ bounds }}
{%- endmacro %}
