{#- Every value of the column that is given is a value of `field` in `to`. -#}
{% test resolves(model, column_name, to, field) %}

select
    model.{{ column_name }},
    count(*) as occurrences
from {{ model }} as model
left join {{ to }} as parent
    on model.{{ column_name }} = parent.{{ field }}
where
    model.{{ column_name }} is not null
    and parent.{{ field }} is null
group by model.{{ column_name }}

{% endtest %}
