-- One row per line of an opportunity: what the customer may buy, and when.
with

opportunities as (

    select * from {{ ref('cnl_opportunities') }}

),

opportunity_lines as (

    select * from {{ ref('cnl_opportunity_lines') }}

),

final as (

    select
        opportunity_lines.opportunity_line_id,
        opportunity_lines.opportunity_id,
        opportunities.customer_id,
        opportunities.sales_rep_id,
        opportunity_lines.item_id,
        opportunity_lines.category_id,
        opportunity_lines.quantity,
        opportunity_lines.net_value,
        coalesce(opportunity_lines.expected_date, opportunities.expected_close_date) as expected_date,
        {{ flag("opportunities.opportunity_status = 'open'") }} as is_open,
        opportunity_lines._source as source
    from opportunity_lines
    inner join opportunities
        on opportunity_lines.opportunity_id = opportunities.opportunity_id

)

select * from final
