-- One row per component line of a production order.
with

components as (

    select * from {{ ref('cnl_production_order_components') }}

),

production_orders as (

    select
        production_order_id,
        location_id,
        is_open
    from {{ ref('fct_production_orders') }}

),

costed as (

    select
        components.*,
        production_orders.location_id as order_location_id,
        production_orders.is_open,
        {{ standard_cost() }} as standard_cost
    from components
    inner join production_orders
        on components.production_order_id = production_orders.production_order_id
    {{ join_standard_costs('components.item_id', 'components.location_id', as_of()) }}

),

final as (

    select
        costed.production_order_id,
        costed.component_line,
        costed.item_id,
        coalesce(costed.location_id, costed.order_location_id) as location_id,
        costed.required_date,
        costed.is_open,
        cast(costed.required_quantity as decimal(18, 6)) as required_quantity,
        cast(costed.issued_quantity as decimal(18, 6)) as issued_quantity,
        cast(
            case
                when costed.is_open = 1
                    then greatest(costed.required_quantity - coalesce(costed.issued_quantity, 0), 0)
                else 0
            end as decimal(18, 6)
        ) as open_quantity,
        {{ times('costed.issued_quantity', 'costed.standard_cost') }} as issued_standard_value,
        costed._source as source
    from costed

)

select * from final
