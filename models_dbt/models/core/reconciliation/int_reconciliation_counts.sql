-- One row per reconciliation check × source: how many things the check compares.
{% set counted = [
    ('stock_movements_equal_balances', ref('cnl_stock_balances'), '_source', ''),
    ('stock_layers_equal_on_hand', ref('fct_stock_intervals'), 'source', "valid_to_date = cast('9999-12-31' as date) and basis = 'movements'"),
    ('stock_layer_uses_equal_issues', ref('fct_stock_movements'), 'source', 'is_from_own_stock = 1'),
    ('ledger_entries_balance', ref('cnl_ledger_entries'), '_source', ''),
    ('ledger_stock_value_equals_movements', ref('fct_stock_movements'), 'source', 'is_to_own_stock <> is_from_own_stock'),
    ('delivered_within_shipped', ref('fct_delivery_lines'), 'source', ''),
    ('shipped_within_ordered', ref('fct_sales_order_lines'), 'source', ''),
    ('received_within_ordered', ref('fct_purchase_order_lines'), 'source', ''),
    ('completed_within_ordered', ref('fct_production_orders'), 'source', ''),
    ('issued_within_required', ref('cnl_production_order_components'), '_source', ''),
    ('invoice_lines_equal_invoice', ref('fct_invoices'), 'source', "invoice_status <> 'cancelled'"),
    ('settlements_explain_open_value', ref('fct_invoices'), 'source', "invoice_status <> 'cancelled'"),
    ('bills_have_no_cycle', ref('cnl_boms'), '_source', ''),
    ('made_items_have_bills', ref('int_item_supply'), 'source', 'is_made = 1'),
    ('bought_items_have_suppliers', ref('int_item_supply'), 'source', 'is_bought = 1'),
    ('planned_items_have_policies', ref('int_item_supply'), 'source', 'is_planned = 1'),
    ('rows_read_are_accounted_for', source('build', 'load_tables'), 'source', ''),
    ('source_totals_agree', source('build', 'source_totals'), 'source', ''),
] %}
with

{% for check_name, relation, source_column, condition in counted %}
{{ check_name }} as (

    select
        '{{ check_name }}' as check_name,
        {{ source_column }} as source,
        count(*) as checked_rows
    from {{ relation }}
    {% if condition %}
    where {{ condition }}
    {% endif %}
    group by
        {{ source_column }}

),

{% endfor %}
final as (

    {% for check_name, relation, source_column, condition in counted %}
    select
        check_name,
        source,
        checked_rows
    from {{ check_name }}
    {% if not loop.last %}

    union all

    {% endif %}
    {% endfor %}

)

select * from final
