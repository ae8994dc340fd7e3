{#-
    The last CTEs and the select of a law: `differences` (source, subject, expected_value, actual_value, detail) of sources that can feed the check.
    A difference below `tolerance` is rounding.
-#}
{% macro law_differences(check_name, relation='compared', tolerance='0') -%}
    connections as (

        select source
        from {{ ref('int_reconciliation_connections') }}
        where
            check_name = '{{ check_name }}'
            and is_connected = 1

    ),

    final as (

        select
            '{{ check_name }}' as check_name,
            {{ relation }}.source,
            {{ relation }}.subject,
            cast({{ relation }}.expected_value as decimal(18, 6)) as expected_value,
            cast({{ relation }}.actual_value as decimal(18, 6)) as actual_value,
            cast({{ relation }}.actual_value - {{ relation }}.expected_value as decimal(18, 6)) as difference_value,
            {{ relation }}.detail
        from {{ relation }}
        inner join connections
            on {{ relation }}.source = connections.source
        where abs({{ relation }}.actual_value - {{ relation }}.expected_value) > {{ tolerance }}

    )

    select * from final
{%- endmacro %}
