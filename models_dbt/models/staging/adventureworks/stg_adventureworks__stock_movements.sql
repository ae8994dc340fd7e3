-- One row per transaction. Each is dated and sized as its order, and none is an issue of components: flows, not stock.
{{ config(enabled='adventureworks' in var('adapters')) }}
with transactions as (
    select
        TransactionID,
        ProductID,
        ReferenceOrderID,
        TransactionDate,
        TransactionType,
        Quantity,
        ActualCost,
        _source,
        'TransactionHistory' as _source_table,
        _row_number
    from {{ source('adventureworks', 'TransactionHistory') }}
    union all
    select
        TransactionID,
        ProductID,
        ReferenceOrderID,
        TransactionDate,
        TransactionType,
        Quantity,
        ActualCost,
        _source,
        'TransactionHistoryArchive' as _source_table,
        _row_number
    from {{ source('adventureworks', 'TransactionHistoryArchive') }}
),

final as (
    select
        cast(TransactionID as varchar) as movement_id,
        cast(ProductID as varchar) as item_id,
        TransactionDate as moved_at,
        case TransactionType
            when 'W' then 'production_receipt'
            when 'S' then 'shipment'
            when 'P' then 'purchase_receipt'
            else TransactionType
        end as movement_type,
        case TransactionType
            when 'W' then 'AW-PRODUCTION'
            when 'S' then 'AW-PLANT'
            when 'P' then 'AW-SUPPLIER'
        end as from_location_id,
        case TransactionType
            when 'W' then 'AW-PLANT'
            when 'S' then 'AW-CUSTOMER'
            when 'P' then 'AW-PLANT'
        end as to_location_id,
        cast(Quantity as decimal(18, 6)) as quantity,
        -- What a sale "costs" is its price, and production is written with 0: only purchases state a cost.
        cast(case when TransactionType = 'P' then ActualCost end as decimal(18, 6)) as unit_cost,
        cast(case when TransactionType = 'P' then ActualCost * Quantity end as decimal(18, 6)) as value,
        {{ absent_columns(lot_id='varchar', stock_status='varchar', original_receipt_date='date') }},
        case TransactionType
            when 'W' then 'production_order'
            when 'S' then 'delivery'
            else 'none'
        end as reference_type,
        case when TransactionType in ('W', 'S') then cast(ReferenceOrderID as varchar) end as reference_id,
        {{ absent_columns(uom='varchar') }},
        _source,
        _source_table,
        _row_number
    from transactions
)

select * from final
