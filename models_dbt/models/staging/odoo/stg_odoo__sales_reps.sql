-- One row per user who stands on an order, opportunity or customer.
{{ config(enabled='odoo' in var('adapters')) }}
with users as (
    select * from {{ source('odoo', 'res_users') }}
),

teams as (
    select * from {{ source('odoo', 'crm_team') }}
),

named as (
    select
        user_id,
        _source
    from {{ source('odoo', 'sale_order') }}
    union
    select
        user_id,
        _source
    from {{ source('odoo', 'crm_lead') }}
    union
    select
        user_id,
        _source
    from {{ source('odoo', 'res_partner') }}
),

final as (
    select
        cast(users.id as varchar) as sales_rep_id,
        users.name as sales_rep_name,
        teams.name as team,
        {{ absent_columns(email='varchar') }},
        cast(case when teams.user_id <> users.id then teams.user_id end as varchar) as manager_id,
        users._source,
        'res_users' as _source_table,
        users._row_number
    from users
    inner join named
        on
            users.id = named.user_id
            and users._source = named._source
    left join teams
        on
            users.sale_team_id = teams.id
            and users._source = teams._source
)

select * from final
