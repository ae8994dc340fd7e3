-- One row per customer: a store, or a person who orders for himself.
{{ config(enabled='adventureworks' in var('adapters')) }}
with customers as (
    select * from {{ source('adventureworks', 'Customer') }}
),

stores as (
    select * from {{ source('adventureworks', 'Store') }}
),

people as (
    select * from {{ source('adventureworks', 'Person') }}
),

territories as (
    select * from {{ source('adventureworks', 'SalesTerritory') }}
),

-- The customer record itself carries the day of a bulk update; its address is the oldest thing recorded of it.
first_addresses as (
    select
        BusinessEntityID,
        min(cast(ModifiedDate as date)) as recorded_date
    from {{ source('adventureworks', 'BusinessEntityAddress') }}
    group by BusinessEntityID
),

final as (
    select
        cast(customers.CustomerID as varchar) as customer_id,
        coalesce(stores.Name, {{ person_name('people') }}) as customer_name,
        case when customers.StoreID is not null then 'retailer' else 'end_customer' end as customer_type,
        case
            when stores.Demographics like '%<BusinessType>BM</BusinessType>%' then 'Bicycle manufacturer'
            when stores.Demographics like '%<BusinessType>BS</BusinessType>%' then 'Bicycle shop'
            when stores.Demographics like '%<BusinessType>OS</BusinessType>%' then 'Online store'
            when customers.StoreID is null then 'Individual'
        end as segment,
        territories.CountryRegionCode as country_code,
        territories.Name as region,
        cast(stores.SalesPersonID as varchar) as sales_rep_id,
        {{ absent_columns(credit_limit_value='decimal(18, 6)', payment_terms_days='integer') }},
        first_addresses.recorded_date as created_date,
        {{ absent_columns(source_campaign_id='varchar') }},
        customers._source,
        'Customer' as _source_table,
        customers._row_number
    from customers
    left join stores
        on customers.StoreID = stores.BusinessEntityID
    left join people
        on customers.PersonID = people.BusinessEntityID
    left join territories
        on customers.TerritoryID = territories.TerritoryID
    left join first_addresses
        on coalesce(customers.StoreID, customers.PersonID) = first_addresses.BusinessEntityID
)

select * from final
