{#- What is no longer wanted of an order line: all of a cancelled line, unless it says how much; of any other line what it says. -#}
{% macro cancelled_quantity(order_line, order) -%}
    case
        when {{ order }}.order_status = 'cancelled' or {{ order_line }}.line_status = 'cancelled'
            then coalesce(nullif({{ order_line }}.cancelled_quantity, 0), {{ order_line }}.ordered_quantity)
        else coalesce({{ order_line }}.cancelled_quantity, 0)
    end
{%- endmacro %}
