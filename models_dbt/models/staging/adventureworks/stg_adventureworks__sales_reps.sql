-- One row per sales person.
{{ config(enabled='adventureworks' in var('adapters')) }}
with sales_people as (
    select * from {{ source('adventureworks', 'SalesPerson') }}
),

people as (
    select * from {{ source('adventureworks', 'Person') }}
),

territories as (
    select * from {{ source('adventureworks', 'SalesTerritory') }}
),

emails as (
    select
        BusinessEntityID,
        min(EmailAddress) as email
    from {{ source('adventureworks', 'EmailAddress') }}
    group by BusinessEntityID
),

final as (
    select
        cast(sales_people.BusinessEntityID as varchar) as sales_rep_id,
        {{ person_name('people') }} as sales_rep_name,
        territories.Name as team,
        emails.email,
        {{ absent_columns(manager_id='varchar') }},
        sales_people._source,
        'SalesPerson' as _source_table,
        sales_people._row_number
    from sales_people
    left join people
        on sales_people.BusinessEntityID = people.BusinessEntityID
    left join territories
        on sales_people.TerritoryID = territories.TerritoryID
    left join emails
        on sales_people.BusinessEntityID = emails.BusinessEntityID
)

select * from final
