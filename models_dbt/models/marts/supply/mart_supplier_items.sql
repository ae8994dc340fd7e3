-- One row per item and supplier that have an agreement on the as-of date, with what hangs on the item.
with

agreements as (

    select * from {{ ref('fct_supplier_items') }}

),

suppliers as (

    select * from {{ ref('dim_suppliers') }}

),

items as (

    select * from {{ ref('dim_items') }}

),

purchased as (

    select
        item_id,
        supplier_id,
        sum(net_value) as purchased_value,
        count(*) as purchased_lines
    from {{ ref('fct_purchase_order_lines') }}
    where
        is_cancelled = 0
        and ordered_date > {{ dbt.dateadd('year', -1, as_of()) }}
    group by
        item_id,
        supplier_id

),

sales_lines as (

    select * from {{ ref('fct_sales_order_lines') }}

),

sold as (

    select
        item_id,
        sum(
            case when ordered_date > {{ dbt.dateadd('year', -1, as_of()) }} then net_value else 0 end
        ) as revenue_value,
        sum(case when is_open = 1 then coalesce(open_value, net_value) else 0 end) as backlog_value
    from sales_lines
    group by
        item_id

),

-- An item that contains another by several paths counts once.
contained as (

    select distinct
        component_item_id as item_id,
        parent_item_id
    from {{ ref('fct_bom_components') }}
    where is_by_product = 0

),

reached as (

    select
        item_id,
        parent_item_id
    from contained
    union
    select
        item_id,
        item_id as parent_item_id
    from sold

),

hanging as (

    select
        reached.item_id,
        sum(sold.revenue_value) as revenue_value,
        sum(sold.backlog_value) as backlog_value,
        sum(case when sold.revenue_value > 0 then 1 else 0 end) as products
    from reached
    inner join sold
        on reached.parent_item_id = sold.item_id
    group by
        reached.item_id

),

final as (

    select
        agreements.item_id,
        items.item_name,
        items.item_name_zh,
        items.category_id,
        items.category_name,
        items.category_name_zh,
        items.base_uom,
        agreements.supplier_id,
        suppliers.supplier_name,
        suppliers.country_code,
        suppliers.supplier_status,
        agreements.priority,
        agreements.lead_time_days as book_lead_time_days,
        agreements.weekly_capacity_quantity,
        agreements.allocation_rate,
        agreements.is_usable,
        agreements.usable_suppliers,
        agreements.is_single_source,
        {{ amount('coalesce(purchased.purchased_value, 0)') }} as purchased_value,
        cast(coalesce(purchased.purchased_lines, 0) as integer) as purchased_lines,
        {{ amount('coalesce(hanging.revenue_value, 0)') }} as hanging_revenue_value,
        {{ amount('coalesce(hanging.backlog_value, 0)') }} as hanging_backlog_value,
        cast(coalesce(hanging.products, 0) as integer) as hanging_products
    from agreements
    left join suppliers
        on agreements.supplier_id = suppliers.supplier_id
    left join items
        on agreements.item_id = items.item_id
    left join purchased
        on
            agreements.item_id = purchased.item_id
            and agreements.supplier_id = purchased.supplier_id
    left join hanging
        on agreements.item_id = hanging.item_id

)

select * from final
