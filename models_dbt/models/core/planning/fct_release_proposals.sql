-- One row per objective and order that waits to start.
with

clear_to_build_release as (

    select * from {{ source('engine', 'clear_to_build_release') }}

),

places as (

    select
        order_type,
        order_id,
        location_id
    from {{ source('engine', 'clear_to_build') }}
    where is_default = 1

),

final as (

    select
        clear_to_build_release.objective,
        clear_to_build_release.order_type,
        clear_to_build_release.order_id,
        places.location_id,
        cast(clear_to_build_release.is_chosen as integer) as is_chosen,
        cast(clear_to_build_release.served_value as decimal(18, 6)) as served_value,
        cast(clear_to_build_release.value as decimal(18, 6)) as value,
        cast(clear_to_build_release.value_by_rank as decimal(18, 6)) as value_by_rank,
        cast(clear_to_build_release.bound as decimal(18, 6)) as bound,
        cast(clear_to_build_release.gap as double) as gap,
        clear_to_build_release.method
    from clear_to_build_release
    left join places
        on
            clear_to_build_release.order_type = places.order_type
            and clear_to_build_release.order_id = places.order_id

)

select * from final
