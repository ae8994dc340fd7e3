-- One row per sales representative.
with

sales_reps as (

    select * from {{ ref('cnl_sales_reps') }}

),

final as (

    select
        sales_reps.sales_rep_id,
        sales_reps.sales_rep_name,
        sales_reps.team,
        sales_reps.manager_id
    from sales_reps

)

select * from final
