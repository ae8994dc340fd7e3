-- One row per posted line of the journal.
{{ config(enabled='odoo' in var('adapters')) }}
with lines as (
    select * from {{ source('odoo', 'account_move_line') }}
),

moves as (
    select * from {{ source('odoo', 'account_move') }}
),

families as (
    {{ odoo_partners() }}
),

final as (
    select
        cast(lines.id as varchar) as entry_line_id,
        cast(lines.move_id as varchar) as entry_id,
        lines.date as entry_date,
        cast(lines.account_id as varchar) as account_id,
        lines.debit as debit_value,
        lines.credit as credit_value,
        case when moves.move_type like 'out%' then families.company_partner_id end as customer_id,
        case when moves.move_type like 'in%' then families.company_partner_id end as supplier_id,
        case when moves.move_type <> 'entry' then 'invoice' when moves.stock_move_id is not null then 'stock_move' end
            as reference_type,
        case
            when moves.move_type <> 'entry' then cast(moves.id as varchar)
            else cast(moves.stock_move_id as varchar)
        end as reference_id,
        lines._source,
        'account_move_line' as _source_table,
        lines._row_number
    from lines
    inner join moves
        on
            lines.move_id = moves.id
            and lines._source = moves._source
    left join families
        on
            moves.commercial_partner_id = families.partner_id
            and moves._source = families._source
    where lines.parent_state = 'posted' and lines.account_id is not null
)

select * from final
