-- A receipt comes into own stock, an issue leaves it. What goes the other way is the source's contradiction, not an error of the build.
{{ config(severity='warn') }}
with

movements as (

    select * from {{ ref('fct_stock_movements') }}

),

movement_types as (

    select * from {{ ref('movement_types') }}

)

select
    movements.movement_id,
    movements.movement_type,
    movement_types.direction,
    movements.from_location_id,
    movements.to_location_id
from movements
inner join movement_types
    on movements.movement_type = movement_types.movement_type
where
    (movement_types.direction = 'in' and movements.is_to_own_stock = 0)
    or (movement_types.direction = 'out' and movements.is_from_own_stock = 0)
