{#- An expression is true on every row; a row on which it is null has nothing to say and passes. -#}
{% test holds(model, expression) %}

select *
from {{ model }}
where not ({{ expression }})

{% endtest %}
