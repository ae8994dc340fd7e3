-- One row per vendor.
{{ config(enabled='adventureworks' in var('adapters')) }}
with vendors as (
    select * from {{ source('adventureworks', 'Vendor') }}
),

countries as (
    select
        links.BusinessEntityID,
        min(states.CountryRegionCode) as country_code
    from {{ source('adventureworks', 'BusinessEntityAddress') }} as links
    inner join vendors
        on links.BusinessEntityID = vendors.BusinessEntityID
    inner join {{ source('adventureworks', 'Address') }} as addresses
        on links.AddressID = addresses.AddressID
    inner join {{ source('adventureworks', 'StateProvince') }} as states
        on addresses.StateProvinceID = states.StateProvinceID
    group by links.BusinessEntityID
),

final as (
    select
        cast(vendors.BusinessEntityID as varchar) as supplier_id,
        vendors.Name as supplier_name,
        countries.country_code,
        {{ absent_columns(
            latitude='double', longitude='double', calendar_id='varchar', payment_terms_days='integer',
            is_subcontractor='boolean'
        ) }},
        case when vendors.ActiveFlag then 'qualified' else 'blocked' end as supplier_status,
        vendors._source,
        'Vendor' as _source_table,
        vendors._row_number
    from vendors
    left join countries
        on vendors.BusinessEntityID = countries.BusinessEntityID
)

select * from final
