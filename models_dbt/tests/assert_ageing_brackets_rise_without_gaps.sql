-- In each set, a bracket begins on the day after the one before ends; the first begins at 0 and only the last has no end.
with

brackets as (

    select
        bracket_set,
        bracket_number,
        from_days,
        to_days,
        lag(to_days) over (partition by bracket_set order by bracket_number) as previous_to_days,
        lead(bracket_number) over (partition by bracket_set order by bracket_number) as next_bracket_number
    from {{ ref('ageing_brackets') }}

)

select *
from brackets
where
    from_days <> coalesce(previous_to_days + 1, 0)
    or (to_days is null) <> (next_bracket_number is null)
    or to_days < from_days
