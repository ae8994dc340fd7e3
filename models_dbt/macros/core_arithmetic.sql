{#- The part of a value that falls on a part of a quantity, as decimal(18,6). The whole gives back the value itself, to the last digit. -#}
{% macro portion(value, part, whole) -%}
    case
        when {{ part }} = {{ whole }} then {{ value }}
        when {{ whole }} <> 0
            then cast(
                cast({{ value }} as double) * cast({{ part }} as double) / cast({{ whole }} as double) as decimal(18, 6)
            )
    end
{%- endmacro %}

{#- Whole days from one date to another, as double; null where either is missing. -#}
{% macro days_from(first_date, second_date) -%}
    cast({{ dbt.datediff(first_date, second_date, 'day') }} as double)
{%- endmacro %}

{#- Days late: from the date that was due to the date that it became; being early is not being less late. -#}
{% macro days_late(due_date, actual_date) -%}
    case
        when {{ due_date }} is null or {{ actual_date }} is null then null
        when {{ actual_date }} <= {{ due_date }} then cast(0 as double)
        else {{ days_from(due_date, actual_date) }}
    end
{%- endmacro %}

{#- 1 where a condition holds, else 0, also where it is unknown. -#}
{% macro flag(condition) -%}
    case when {{ condition }} then 1 else 0 end
{%- endmacro %}

{#-
    Whether what was due by a date was done by it: null unless it was due and the source can answer, 0 where it is not done,
    null where it is done on a day that nobody wrote down.
-#}
{% macro done_by(is_due, is_answered, is_done, done_date, due_date) -%}
    case
        when {{ is_due }} = 1 and {{ is_answered }} = 1
            then
                case
                    when {{ is_done }} = 0 then 0
                    when {{ done_date }} <= {{ due_date }} then 1
                    when {{ done_date }} > {{ due_date }} then 0
                end
    end
{%- endmacro %}

{#- A sum or difference of decimals, back in the type of all amounts and quantities. -#}
{% macro amount(expression) -%}
    cast({{ expression }} as decimal(18, 6))
{%- endmacro %}
