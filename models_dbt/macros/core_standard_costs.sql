{#-
    The two joins that find the standard cost valid on a day: first the location's own, then the item's.
    `{{ standard_cost() }}` reads what they found. The interval is half-open, and every item has gapless general intervals.
-#}
{% macro join_standard_costs(item, location, day) -%}
    left join {{ ref('int_standard_costs') }} as general_costs
        on
            {{ item }} = general_costs.item_id
            and general_costs.location_id is null
            and {{ day }} >= general_costs.valid_from_date
            and {{ day }} < general_costs.valid_to_date
    left join {{ ref('int_standard_costs') }} as location_costs
        on
            {{ item }} = location_costs.item_id
            and {{ location }} = location_costs.location_id
            and {{ day }} >= location_costs.valid_from_date
            and {{ day }} < location_costs.valid_to_date
{%- endmacro %}

{% macro standard_cost() -%}
    coalesce(location_costs.standard_cost, general_costs.standard_cost)
{%- endmacro %}
