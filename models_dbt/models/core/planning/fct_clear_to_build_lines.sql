-- One row per production order and part that it still takes.
with

clear_to_build_lines as (

    select * from {{ source('engine', 'clear_to_build_lines') }}

),

final as (

    select
        cast(clear_to_build_lines.line_number as integer) as line_number,
        clear_to_build_lines.order_type,
        clear_to_build_lines.order_id,
        clear_to_build_lines.item_id,
        clear_to_build_lines.location_id,
        cast(clear_to_build_lines.required_quantity as decimal(18, 6)) as required_quantity,
        cast(clear_to_build_lines.available_quantity as decimal(18, 6)) as available_quantity,
        cast(clear_to_build_lines.missing_quantity as decimal(18, 6)) as missing_quantity,
        cast(clear_to_build_lines.missing_value as decimal(18, 6)) as missing_value,
        cast(clear_to_build_lines.allocated_quantity as decimal(18, 6)) as allocated_quantity,
        cast(clear_to_build_lines.stock_quantity as decimal(18, 6)) as stock_quantity,
        cast(clear_to_build_lines.receipt_quantity as decimal(18, 6)) as receipt_quantity,
        clear_to_build_lines.substitute_item_id,
        cast(clear_to_build_lines.substitute_quantity as decimal(18, 6)) as substitute_quantity,
        cast(clear_to_build_lines.substitute_stock_quantity as decimal(18, 6)) as substitute_stock_quantity,
        cast(clear_to_build_lines.covered_date as date) as covered_date,
        clear_to_build_lines.receipt_type,
        clear_to_build_lines.receipt_id,
        cast(clear_to_build_lines.is_ordered as integer) as is_ordered
    from clear_to_build_lines

)

select * from final
