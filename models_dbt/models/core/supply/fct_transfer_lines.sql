-- One row per transfer order line.
with

transfer_lines as (

    select
        *,
        cast(shipped_at as date) as shipped_date,
        cast(received_at as date) as received_date
    from {{ ref('cnl_transfer_orders') }}

),

flagged as (

    select
        transfer_lines.*,
        {{ flag("transfer_lines.transfer_status in ('open', 'in_transit')") }} as is_open,
        {{ flag(
            "transfer_lines.transfer_status <> 'cancelled' and transfer_lines.due_date <= " ~ as_of()
        ) }} as is_due,
        {{ flag("transfer_lines.transfer_status = 'completed'") }} as is_received
    from transfer_lines

),

costed as (

    select
        flagged.*,
        -- What was shipped will come; the rest of an order under way will not.
        case
            when flagged.is_open = 0 then cast(0 as decimal(18, 6))
            when flagged.transfer_status = 'in_transit'
                then
                    {{ amount(
                        'coalesce(flagged.shipped_quantity, flagged.ordered_quantity) - coalesce(flagged.received_quantity, 0)'
                    ) }}
            else {{ amount('flagged.ordered_quantity - coalesce(flagged.received_quantity, 0)') }}
        end as open_quantity,
        {{ standard_cost() }} as standard_cost
    from flagged
    {{ join_standard_costs('flagged.item_id', 'flagged.to_location_id', 'flagged.due_date') }}

),

final as (

    select
        costed.transfer_order_line_id,
        costed.item_id,
        costed.from_location_id,
        costed.to_location_id,
        costed.due_date,
        costed.shipped_date,
        costed.received_date,
        costed.transfer_status,
        costed.ordered_quantity,
        costed.shipped_quantity,
        costed.received_quantity,
        costed.open_quantity,
        {{ times('costed.open_quantity', 'costed.standard_cost') }} as open_value,
        costed.is_open,
        {{ flag("costed.transfer_status = 'in_transit'") }} as is_in_transit,
        {{ done_by('costed.is_due', '1', 'costed.is_received', 'costed.received_date', 'costed.due_date') }}
            as is_received_on_time,
        {{ days_late(
            'costed.due_date',
            'case when costed.is_open = 1 then ' ~ as_of() ~ ' else costed.received_date end',
        ) }} as days_late,
        costed._source as source
    from costed

)

select * from final
