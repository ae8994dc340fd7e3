-- One row per sales order that a campaign is given, at most one campaign for each order.
{% set window_days = 365 %}
with

opportunities as (

    select * from {{ ref('fct_opportunities') }}

),

orders as (

    select
        sales_order_id,
        customer_id,
        opportunity_id,
        cast(ordered_at as date) as ordered_date
    from {{ ref('cnl_sales_orders') }}
    where order_status in ('confirmed', 'completed')

),

order_values as (

    select
        sales_order_id,
        sum(net_value) as net_value,
        sum(margin_value) as margin_value
    from {{ ref('fct_sales_order_lines') }}
    group by
        sales_order_id

),

leads as (

    select
        lead_id,
        campaign_id,
        customer_id,
        created_date
    from {{ ref('fct_leads') }}
    where is_converted = 1 and campaign_id is not null and customer_id is not null

),

-- The last lead before the order is the one that counts.
by_lead as (

    select
        orders.sales_order_id,
        leads.campaign_id,
        row_number() over (
            partition by orders.sales_order_id
            order by leads.created_date desc, leads.lead_id desc
        ) as place
    from orders
    inner join leads
        on orders.customer_id = leads.customer_id
    where
        orders.ordered_date >= leads.created_date
        and {{ days_from('leads.created_date', 'orders.ordered_date') }} <= {{ window_days }}

),

attributed as (

    select
        orders.sales_order_id,
        orders.customer_id,
        orders.opportunity_id,
        orders.ordered_date,
        coalesce(opportunities.campaign_id, by_lead.campaign_id) as campaign_id,
        case when opportunities.campaign_id is not null then 'opportunity' else 'lead' end as attributed_by
    from orders
    left join opportunities
        on orders.opportunity_id = opportunities.opportunity_id
    left join by_lead
        on orders.sales_order_id = by_lead.sales_order_id and by_lead.place = 1
    where coalesce(opportunities.campaign_id, by_lead.campaign_id) is not null

),

final as (

    select
        attributed.sales_order_id,
        attributed.campaign_id,
        attributed.customer_id,
        attributed.opportunity_id,
        attributed.ordered_date,
        attributed.attributed_by,
        {{ amount('order_values.net_value') }} as net_value,
        {{ amount('order_values.margin_value') }} as margin_value
    from attributed
    left join order_values
        on attributed.sales_order_id = order_values.sales_order_id

)

select * from final
