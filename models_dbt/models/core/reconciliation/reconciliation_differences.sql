-- One row per difference that any law found.
{% set laws = [
    'stock_movements_equal_balances',
    'stock_layers_equal_on_hand',
    'stock_layer_uses_equal_issues',
    'ledger_entries_balance',
    'ledger_stock_value_equals_movements',
    'delivered_within_shipped',
    'shipped_within_ordered',
    'received_within_ordered',
    'completed_within_ordered',
    'issued_within_required',
    'invoice_lines_equal_invoice',
    'settlements_explain_open_value',
    'bills_have_no_cycle',
    'made_items_have_bills',
    'bought_items_have_suppliers',
    'planned_items_have_policies',
    'rows_read_are_accounted_for',
    'source_totals_agree',
] %}
with

checks as (

    select * from {{ ref('reconciliation_checks') }}

),

differences as (

    {% for law in laws %}
    select * from {{ ref('law_' ~ law) }}
    {% if not loop.last %}

    union all

    {% endif %}
    {% endfor %}

),

final as (

    select
        checks.law_number,
        differences.check_name,
        checks.severity,
        differences.source,
        differences.subject,
        differences.expected_value,
        differences.actual_value,
        differences.difference_value,
        differences.detail
    from differences
    inner join checks
        on differences.check_name = checks.check_name

)

select * from final
