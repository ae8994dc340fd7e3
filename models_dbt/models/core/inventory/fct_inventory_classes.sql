-- One row per item that was used in the last 364 days: its class by usage value (A, B, C) and by steadiness (X, Y, Z).
{% set buckets = 13 %}
{% set bucket_days = 28 %}
with

dated as (

    select
        item_id,
        moved_date,
        used_quantity,
        used_value,
        {{ days_from('moved_date', as_of()) }} as days_ago
    from {{ ref('int_stock_uses') }}

),

first_uses as (

    select
        item_id,
        max(days_ago) as first_days_ago
    from dated
    where used_quantity <> 0
    group by
        item_id

),

bucketed as (

    select
        item_id,
        cast(floor(days_ago / {{ bucket_days }}) as integer) as bucket,
        sum(used_quantity) as quantity,
        sum(used_value) as value
    from dated
    where days_ago >= 0 and days_ago < {{ buckets * bucket_days }}
    group by
        item_id,
        cast(floor(days_ago / {{ bucket_days }}) as integer)

),

-- An item that is younger than the window is judged from the first whole bucket on in which it was used.
sums as (

    select
        bucketed.item_id,
        sum(bucketed.quantity) as used_quantity,
        sum(bucketed.value) as usage_value,
        least(
            {{ buckets }},
            cast(max(floor((first_uses.first_days_ago + 1) / {{ bucket_days }})) as integer)
        ) as bucket_count
    from bucketed
    inner join first_uses
        on bucketed.item_id = first_uses.item_id
    group by
        bucketed.item_id

),

moments as (

    select
        sums.item_id,
        sums.bucket_count,
        sums.used_quantity,
        sums.usage_value,
        sum(cast(bucketed.quantity as double)) as inside_sum,
        sum(cast(bucketed.quantity as double) * cast(bucketed.quantity as double)) as inside_squares
    from sums
    inner join bucketed
        on
            sums.item_id = bucketed.item_id
            and sums.bucket_count > bucketed.bucket
    group by
        sums.item_id,
        sums.bucket_count,
        sums.used_quantity,
        sums.usage_value

),

varied as (

    select
        sums.item_id,
        sums.bucket_count,
        sums.used_quantity,
        coalesce(sums.usage_value, 0) as usage_value,
        case
            when moments.bucket_count >= 3 and moments.inside_sum > 0
                then sqrt(
                    greatest(
                        moments.inside_squares / moments.bucket_count
                        - (moments.inside_sum / moments.bucket_count) * (moments.inside_sum / moments.bucket_count),
                        0
                    )
                ) / (moments.inside_sum / moments.bucket_count)
        end as variation
    from sums
    left join moments
        on sums.item_id = moments.item_id
    where sums.used_quantity > 0

),

ranked as (

    select
        *,
        sum(cast(usage_value as double)) over () as all_value,
        coalesce(
            sum(cast(usage_value as double)) over (
                order by usage_value desc, item_id asc rows between unbounded preceding and 1 preceding
            ),
            0
        ) as value_above
    from varied

),

shares as (

    select
        *,
        case when all_value > 0 then value_above / all_value else 1 end as share_above
    from ranked

),

classes as (

    select * from {{ ref('inventory_classes') }}

),

chosen as (

    select
        shares.item_id,
        min(
            case
                when
                    classes.scheme = 'abc'
                    and (classes.up_to_rate is null or shares.share_above < classes.up_to_rate)
                    then classes.class_order
            end
        ) as abc_order,
        min(
            case
                when
                    classes.scheme = 'xyz'
                    and shares.variation is not null
                    and (classes.up_to_rate is null or shares.variation <= classes.up_to_rate)
                    then classes.class_order
            end
        ) as xyz_order
    from shares
    cross join classes
    group by
        shares.item_id

),

final as (

    select
        shares.item_id,
        cast(shares.used_quantity as decimal(18, 6)) as used_quantity,
        cast(shares.usage_value as decimal(18, 6)) as usage_value,
        shares.share_above,
        abc.class_code as abc_class,
        shares.bucket_count,
        shares.variation,
        xyz.class_code as xyz_class
    from shares
    inner join chosen
        on shares.item_id = chosen.item_id
    left join classes as abc
        on
            chosen.abc_order = abc.class_order
            and abc.scheme = 'abc'
    left join classes as xyz
        on
            chosen.xyz_order = xyz.class_order
            and xyz.scheme = 'xyz'

)

select * from final
