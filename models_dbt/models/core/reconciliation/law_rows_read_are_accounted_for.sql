-- One row per landed table whose rows are not those of the source, accepted and rejected together.
with

load_tables as (

    select * from {{ source('build', 'load_tables') }}

),

compared as (

    select
        source,
        table_name as subject,
        source_rows as expected_value,
        rows + rejected_rows as actual_value,
        load_id as detail
    from load_tables

),

{{ law_differences('rows_read_are_accounted_for') }}
