-- One row per quotation.
with

quotations as (

    select * from {{ ref('cnl_quotations') }}

),

final as (

    select
        quotations.quotation_id,
        quotations.customer_id,
        quotations.opportunity_id,
        quotations.sales_rep_id,
        cast(quotations.quoted_at as date) as quoted_date,
        quotations.net_value,
        quotations.quotation_status,
        quotations.sales_order_id,
        {{ flag("quotations.quotation_status = 'ordered'") }} as is_ordered,
        {{ flag("quotations.quotation_status <> 'open'") }} as is_decided,
        quotations._source as source
    from quotations

)

select * from final
