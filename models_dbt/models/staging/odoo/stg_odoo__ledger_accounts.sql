-- One row per account, named with its code.
{{ config(enabled='odoo' in var('adapters')) }}
with accounts as (
    select * from {{ source('odoo', 'account_account') }}
),

stock_accounts as (
    select
        account_id,
        min(property) as property,
        _source
    from {{ source('odoo', 'stock_account') }}
    where property in ('property_stock_valuation_account_id', 'property_stock_account_production_cost_id')
    group by account_id, _source
),

final as (
    select
        cast(accounts.id as varchar) as account_id,
        coalesce(accounts.code || ' ', '') || accounts.name as account_name,
        case
            when stock_accounts.property = 'property_stock_valuation_account_id' then 'inventory'
            when stock_accounts.property = 'property_stock_account_production_cost_id' then 'work_in_progress'
            when accounts.account_type = 'asset_receivable' then 'receivable'
            when accounts.account_type = 'liability_payable' then 'payable'
            when accounts.account_type = 'asset_cash' then 'cash'
            when accounts.account_type = 'income' then 'revenue'
            when accounts.account_type = 'expense_direct_cost' then 'cost_of_goods_sold'
            when accounts.account_type in ('expense', 'expense_depreciation') then 'expense'
            when accounts.account_type like 'equity%' then 'equity'
            else 'other'
        end as account_type,
        accounts._source,
        'account_account' as _source_table,
        accounts._row_number
    from accounts
    left join stock_accounts
        on
            accounts.id = stock_accounts.account_id
            and accounts._source = stock_accounts._source
)

select * from final
