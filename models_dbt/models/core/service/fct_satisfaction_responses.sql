-- One row per answer of a customer to a survey.
with

responses as (

    select
        responses.*,
        -- An NPS answer is from 0 to 10 by its definition; the best score of another survey has to be stated.
        coalesce(
            cast(responses.max_score as double), case when responses.survey_type = 'nps' then cast(10 as double) end
        ) as best_score
    from {{ ref('cnl_satisfaction_responses') }} as responses

),

cases as (

    select
        case_id,
        case_type,
        item_id
    from {{ ref('fct_service_cases') }}

),

shared as (

    select
        responses.*,
        cast(responses.score as double) / nullif(responses.best_score, 0) as score_share
    from responses

),

final as (

    select
        shared.response_id,
        shared.customer_id,
        cast(shared.responded_at as date) as responded_date,
        shared.survey_type,
        shared.score,
        shared.best_score,
        shared.sales_order_id,
        shared.case_id,
        cases.case_type,
        cases.item_id,
        -- Divided shares can miss their bound by the last digit.
        case
            when shared.survey_type = 'csat' and shared.score_share is not null
                then {{ flag('shared.score_share >= 0.8 - 0.000001') }}
        end as is_satisfied,
        case
            when shared.survey_type = 'nps' and shared.score_share is not null
                then {{ flag('shared.score_share >= 0.9 - 0.000001') }}
        end as is_promoter,
        case
            when shared.survey_type = 'nps' and shared.score_share is not null
                then {{ flag('shared.score_share <= 0.6 + 0.000001') }}
        end as is_detractor,
        shared._source as source
    from shared
    left join cases
        on shared.case_id = cases.case_id

)

select * from final
