-- One row per line of an open opportunity, with its quantity times the chance that it is won.
with

opportunity_lines as (

    select * from {{ ref('fct_opportunity_lines') }}
    where is_open = 1

),

items as (

    select * from {{ ref('dim_items') }}

),

opportunities as (

    select
        opportunity_id,
        campaign_id
    from {{ ref('fct_opportunities') }}

),

sales_reps as (

    select * from {{ ref('dim_sales_reps') }}

),

predictions as (

    select * from {{ ref('fct_win_predictions') }}

),

final as (

    select
        opportunity_lines.opportunity_line_id,
        opportunity_lines.opportunity_id,
        opportunity_lines.customer_id,
        opportunity_lines.sales_rep_id,
        sales_reps.team,
        opportunities.campaign_id,
        opportunity_lines.item_id,
        items.item_name,
        items.item_name_zh,
        items.base_uom,
        opportunity_lines.category_id,
        opportunity_lines.expected_date,
        opportunity_lines.quantity,
        opportunity_lines.net_value,
        predictions.win_probability,
        {{ times('opportunity_lines.quantity', 'predictions.win_probability') }} as weighted_quantity,
        {{ times('opportunity_lines.net_value', 'predictions.win_probability') }} as weighted_value
    from opportunity_lines
    inner join opportunities
        on opportunity_lines.opportunity_id = opportunities.opportunity_id
    left join sales_reps
        on opportunity_lines.sales_rep_id = sales_reps.sales_rep_id
    left join predictions
        on opportunity_lines.opportunity_id = predictions.opportunity_id
    left join items
        on opportunity_lines.item_id = items.item_id

)

select * from final
