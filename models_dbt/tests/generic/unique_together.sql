{#- No two rows have the same values in all of these columns; an empty value is equal to an empty value. -#}
{% test unique_together(model, columns) %}
select
    {{ columns | join(', ') }},
    count(*) as row_count
from {{ model }}
group by
    {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}
