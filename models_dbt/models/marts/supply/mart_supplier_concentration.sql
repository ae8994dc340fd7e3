-- One row per item category and supplier with purchases in the 12 months to the as-of date.
with

order_lines as (

    select * from {{ ref('fct_purchase_order_lines') }}
    where
        is_cancelled = 0
        and ordered_date > {{ dbt.dateadd('year', -1, as_of()) }}

),

items as (

    select * from {{ ref('dim_items') }}

),

suppliers as (

    select * from {{ ref('dim_suppliers') }}

),

bought as (

    select
        items.category_id,
        items.category_name,
        items.category_name_zh,
        order_lines.supplier_id,
        sum(order_lines.net_value) as purchased_value,
        count(distinct order_lines.item_id) as purchased_items
    from order_lines
    left join items
        on order_lines.item_id = items.item_id
    group by
        items.category_id,
        items.category_name,
        items.category_name_zh,
        order_lines.supplier_id

),

totals as (

    select
        category_id,
        sum(purchased_value) as category_value
    from bought
    group by
        category_id

),

shares as (

    select
        bought.*,
        totals.category_value,
        cast(bought.purchased_value as double) / nullif(cast(totals.category_value as double), 0) as share_rate
    from bought
    inner join totals
        on coalesce(bought.category_id, '') = coalesce(totals.category_id, '')

),

final as (

    select
        shares.category_id,
        shares.category_name,
        shares.category_name_zh,
        shares.supplier_id,
        suppliers.supplier_name,
        {{ amount('shares.purchased_value') }} as purchased_value,
        cast(shares.purchased_items as integer) as purchased_items,
        {{ amount('shares.category_value') }} as category_value,
        shares.share_rate,
        shares.share_rate * shares.share_rate as share_squared
    from shares
    left join suppliers
        on shares.supplier_id = suppliers.supplier_id

)

select * from final
