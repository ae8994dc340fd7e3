{#-
    1 where a source fills a canonical table (or one column of it), for use in an aggregate over `source_coverage`. Without a row the
    source does not fill it. With `status='full'`, rows that cannot answer everything do not count.
-#}
{% macro covered(table_name, column_name='', status=none) -%}
    max(
        case
            when
                source_coverage.table_name = '{{ table_name }}'
                and source_coverage.column_name = '{{ column_name }}'
                {%- if status %}
                and source_coverage.status = '{{ status }}'
                {%- else %}
                and source_coverage.status <> 'absent'
                {%- endif %}
                then 1
            else 0
        end
    )
{%- endmacro %}
