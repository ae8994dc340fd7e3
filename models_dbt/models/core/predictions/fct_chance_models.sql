-- One row per kind of chance, with what it uses and why.
with

chance_models as (

    select * from {{ source('engine', 'chance_models') }}

),

final as (

    select
        chance_models.model,
        chance_models.reason,
        chance_models.used,
        cast(chance_models.decided_rows as integer) as decided_rows,
        cast(chance_models.open_count as integer) as open_count
    from chance_models

)

select * from final
