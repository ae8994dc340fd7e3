-- One row per active customer and rank, with names, stock and margin of the product and what a buyer of it usually orders.
with

next_products as (

    select * from {{ ref('fct_next_products') }}

),

product_facts as (

    select * from {{ ref('fct_next_product_items') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

items as (

    select * from {{ ref('dim_items') }}

),

final as (

    select
        next_products.customer_id,
        customers.customer_name,
        customers.customer_type,
        customers.segment,
        customers.region,
        customers.sales_rep_id,
        customers.sales_rep_name,
        next_products.customer_group,
        next_products.rank,
        next_products.item_id,
        items.item_name,
        items.item_name_zh,
        items.product_family,
        items.product_family_zh,
        items.base_uom,
        next_products.way,
        next_products.because_item_id,
        because_items.item_name as because_item_name,
        because_items.item_name_zh as because_item_name_zh,
        next_products.common_buyers,
        next_products.because_buyers,
        next_products.support,
        next_products.lift,
        next_products.popularity,
        next_products.alike_customers,
        next_products.alike_buyers,
        product_facts.buyers_year,
        product_facts.available_quantity,
        product_facts.margin_rate,
        product_facts.usual_value_year,
        product_facts.usual_value_year * product_facts.margin_rate as usual_margin_year
    from next_products
    left join product_facts
        on
            next_products.customer_group = product_facts.customer_group
            and next_products.item_id = product_facts.item_id
    left join customers
        on next_products.customer_id = customers.customer_id
    left join items
        on next_products.item_id = items.item_id
    left join items as because_items
        on next_products.because_item_id = because_items.item_id

)

select * from final
