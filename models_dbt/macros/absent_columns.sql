{#- Contract columns that a source cannot fill, as typed nulls: `absent_columns(lot_id='varchar', is_firm='boolean')`. -#}
{% macro absent_columns() -%}
    {%- for name, data_type in kwargs.items() -%}
    cast(null as {{ data_type }}) as {{ name }}{{ ",\n        " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
