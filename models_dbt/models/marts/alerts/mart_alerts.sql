-- One row per alert, customer and place that it hits, with its money there.
with

alerts as (

    select * from {{ ref('fct_alerts') }}

),

amounts as (

    select * from {{ ref('fct_alert_amounts') }}

),

hits as (

    select
        alert_key,
        customer_id,
        location_id,
        count(*) as hit_lines,
        sum(is_late) as late_lines
    from {{ ref('fct_alert_hits') }}
    group by
        alert_key,
        customer_id,
        location_id

),

actions as (

    select * from {{ ref('fct_alert_actions') }}

),

items as (

    select * from {{ ref('dim_items') }}

),

suppliers as (

    select * from {{ ref('dim_suppliers') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

work_centres as (

    select * from {{ ref('dim_work_centres') }}

),

campaigns as (

    select * from {{ ref('fct_campaigns') }}

),

final as (

    select
        alerts.alert_key,
        alerts.rank,
        alerts.kind,
        alerts.area,
        alerts.severity,
        alerts.subject_type,
        alerts.subject_id,
        alerts.subject_item_id,
        alerts.subject_location_id,
        alerts.since_date,
        alerts.first_sign_date,
        alerts.first_seen_date,
        alerts.running_since_date,
        alerts.strength,
        alerts.is_symptom,
        alerts.owner_role,
        alerts.action,
        alerts.value_basis,
        alerts.member_count,
        coalesce(
            items.item_name,
            suppliers.supplier_name,
            customers.customer_name,
            work_centres.work_centre_name,
            campaigns.campaign_name,
            alerts.subject_id
        ) as subject_name,
        items.item_name_zh as subject_name_zh,
        amounts.customer_id,
        amounts.location_id,
        cast(coalesce(hits.hit_lines, 0) as integer) as hit_lines,
        cast(coalesce(hits.late_lines, 0) as integer) as late_lines,
        amounts.at_risk_value,
        amounts.exclusive_value,
        amounts.own_value,
        cast(amounts.exclusive_value + amounts.own_value as decimal(18, 6)) as money_value,
        case when actions.change_file is null then 0 else 1 end as has_change,
        case when actions.state = 'simulated' then 1 else 0 end as is_simulated
    from amounts
    inner join alerts
        on amounts.alert_key = alerts.alert_key
    left join hits
        on
            amounts.alert_key = hits.alert_key
            and amounts.customer_id = hits.customer_id
            and amounts.location_id = hits.location_id
    left join actions
        on alerts.alert_key = actions.alert_key
    left join items
        on alerts.subject_item_id = items.item_id
    left join suppliers
        on alerts.subject_type = 'supplier' and alerts.subject_id = suppliers.supplier_id
    left join customers
        on alerts.subject_type = 'customer' and alerts.subject_id = customers.customer_id
    left join work_centres
        on alerts.subject_type = 'work_centre' and alerts.subject_id = work_centres.work_centre_id
    left join campaigns
        on alerts.subject_type = 'campaign' and alerts.subject_id = campaigns.campaign_id

)

select * from final
