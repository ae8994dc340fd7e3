{#-
    CTEs that lead every node of a tree to where its climb ends, without recursion: each round doubles the distance, so five rounds climb 32 levels.
    `relation` has one row per node with the columns `node` and `next_node` (the node itself where the climb ends). A cycle in
    the source's tree ends somewhere on the cycle instead of running on. The last CTE is `climbed` (node, end_node).
-#}
{% macro climb(relation, rounds=5) -%}
    climb_0 as (

        select
            nodes.node,
            coalesce(targets.node, nodes.node) as end_node
        from {{ relation }} as nodes
        left join {{ relation }} as targets
            on nodes.next_node = targets.node

    ),
    {% for round in range(1, rounds + 1) %}
    climb_{{ round }} as (

        select
            lower_part.node,
            upper_part.end_node
        from climb_{{ round - 1 }} as lower_part
        inner join climb_{{ round - 1 }} as upper_part
            on lower_part.end_node = upper_part.node

    ),
    {% endfor %}
    climbed as (

        select
            climb_{{ rounds }}.node,
            climb_{{ rounds }}.end_node
        from climb_{{ rounds }}

    )
{%- endmacro %}
