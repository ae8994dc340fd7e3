{#- What the canonical macros know about a table. Columns, types, keys, values and references are written once, in
    models/canonical/*.yml; what has to be known while dbt parses (which models to refer to) is written here. -#}

{#- The tables of each system that has staging models: stg_<adapter>__<table>. -#}
{% macro staged_tables(adapter) %}
    {% do return({
        'adventureworks': [
            'bom_components',
            'boms',
            'currency_rates',
            'customers',
            'deliveries',
            'delivery_lines',
            'item_categories',
            'item_costs',
            'item_suppliers',
            'items',
            'locations',
            'planning_policies',
            'production_orders',
            'purchase_order_lines',
            'purchase_orders',
            'sales_order_lines',
            'sales_orders',
            'sales_quotas',
            'sales_reps',
            'stock_balances',
            'stock_movements',
            'suppliers',
            'work_centres',
            'work_orders',
        ],
        'odoo': [
            'activities',
            'bom_components',
            'boms',
            'campaigns',
            'currency_rates',
            'customer_returns',
            'customers',
            'deliveries',
            'delivery_lines',
            'invoice_lines',
            'invoices',
            'item_categories',
            'item_suppliers',
            'items',
            'leads',
            'ledger_accounts',
            'ledger_entries',
            'locations',
            'lots',
            'opportunities',
            'opportunity_stage_changes',
            'payments',
            'planning_policies',
            'production_order_components',
            'production_orders',
            'purchase_order_lines',
            'purchase_orders',
            'purchase_receipts',
            'quotation_lines',
            'quotations',
            'routing_operations',
            'sales_order_lines',
            'sales_orders',
            'sales_reps',
            'service_cases',
            'settlements',
            'stock_balances',
            'stock_movements',
            'suppliers',
            'transfer_orders',
            'work_centre_states',
            'work_centres',
            'work_orders',
        ],
    }[adapter]) %}
{% endmacro %}

{#- Documents that name a currency, with the column whose day decides the rate. -#}
{% macro currency_documents() %}
    {% do return({
        'sales_orders': 'ordered_at',
        'purchase_orders': 'ordered_at',
        'invoices': 'invoice_date',
        'payments': 'paid_at',
    }) %}
{% endmacro %}

{#- Tables with amounts in the currency of a document, `key` being the line's reference to it. -#}
{% macro currency_of(table) %}
    {% do return({
        'sales_order_lines': {'document': 'sales_orders', 'key': 'sales_order_id', 'amounts': ['unit_price', 'net_value']},
        'purchase_order_lines': {'document': 'purchase_orders', 'key': 'purchase_order_id', 'amounts': ['unit_price', 'net_value']},
        'invoices': {'document': 'invoices', 'key': none, 'amounts': ['net_value', 'tax_value', 'gross_value', 'open_value']},
        'invoice_lines': {'document': 'invoices', 'key': 'invoice_id', 'amounts': ['net_value']},
        'payments': {'document': 'payments', 'key': none, 'amounts': ['paid_value']},
    }.get(table)) %}
{% endmacro %}

{#- Tables with quantities in the unit of their column `uom`: whose base unit they are converted to. -#}
{% macro item_of_unit(table) %}
    {% do return({
        'bom_components': 'component_item_id',
        'production_orders': 'item_id',
        'production_order_components': 'item_id',
        'quotation_lines': 'item_id',
        'sales_order_lines': 'item_id',
        'delivery_lines': 'item_id',
        'customer_returns': 'item_id',
        'purchase_order_lines': 'item_id',
        'purchase_receipts': 'item_id',
        'transfer_orders': 'item_id',
        'stock_movements': 'item_id',
        'stock_balances': 'item_id',
        'stock_counts': 'item_id',
    }.get(table)) %}
{% endmacro %}

{#- Whether the rows of a table leave the canonical layer in another currency or unit than they came in. -#}
{% macro converts_currency(table) %}
    {% do return(var('converts_currency') and currency_of(table) is not none) %}
{% endmacro %}

{% macro converts_units(table) %}
    {% do return(var('converts_units') and item_of_unit(table) is not none) %}
{% endmacro %}

{#- The contract of a table: `key`, and `columns` as a list of {name, data_type, required, values, references, entity,
    may_be_negative, is_positive, derived}. Only while dbt executes: the graph is not complete before. -#}
{% macro contract_of(table) %}
    {% set node = graph.nodes['model.' ~ project_name ~ '.cnl_' ~ table] %}
    {% set columns = [] %}
    {% for column in node.columns.values() %}
        {% set meta = column.config.meta or {} %}
        {% do columns.append({
            'name': column.name,
            'data_type': column.data_type,
            'required': meta.get('required', false),
            'values': meta.get('values', []),
            'references': meta.get('references'),
            'entity': meta.get('references') or meta.get('same_ids_as'),
            'may_be_negative': meta.get('may_be_negative', false),
            'is_positive': meta.get('is_positive', false),
            'derived': meta.get('derived', false),
        }) %}
    {% endfor %}
    {% do return({'key': node.config.meta.key, 'columns': columns}) %}
{% endmacro %}

{#- A quantity cannot be negative unless the contract says so. -#}
{% macro is_quantity(column) %}
    {% do return(column.data_type.startswith('decimal') and (column.name == 'quantity' or column.name.endswith('_quantity'))) %}
{% endmacro %}

{#- A price of one unit: it goes down when the unit gets smaller. -#}
{% macro is_price_of_a_unit(column) %}
    {% do return(column.name in ['unit_price', 'unit_cost']) %}
{% endmacro %}

{#- Sources that fill a table, in their order: the first one wins. -#}
{% macro sources_filling(table) %}
    {% set filling = [] %}
    {% for source_name in var('sources') if table in var('owned_entities').get(source_name, []) %}
        {% do filling.append(source_name) %}
    {% endfor %}
    {% do return(filling) %}
{% endmacro %}

{% macro several_sources() %}
    {% do return(var('sources') | length > 1) %}
{% endmacro %}

{#- Whether records of several sources have to be brought together in this table. -#}
{% macro merges_sources(table) %}
    {% do return(several_sources() and table != 'id_cross_references' and sources_filling(table) | length > 1) %}
{% endmacro %}

{#- A number that is equal for equal keys: much cheaper to group millions of rows by than the key itself. -#}
{% macro key_hash(columns) %}
    {{ return(adapter.dispatch('key_hash')(columns)) }}
{% endmacro %}

{% macro default__key_hash(columns) %}xxhash64({{ columns | join(', ') }}){% endmacro %}

{% macro duckdb__key_hash(columns) %}hash({{ columns | join(', ') }}){% endmacro %}
