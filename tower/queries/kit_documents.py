"""SQL that the questions on production orders share: which sales lines wait for an order, through whatever levels."""

from __future__ import annotations

# Needs a table `asked` (order_type, order_id). `waiting_lines`: one row for each of these orders and each sales order
# line that the pegging leads up to, with its open value. Stock and by-products serve whoever comes first: no order.
WAITING_LINES = """
    links as (
        select distinct supply_type, supply_id, demand_type, demand_id
        from core.fct_plan_pegging
        where supply_type not in ('stock', 'by_product')
    ),
    reached (order_type, order_id, document_type, document_id) as (
        select distinct order_type, order_id, order_type, order_id from asked
        union
        select reached.order_type, reached.order_id, links.demand_type, links.demand_id
        from reached
        inner join links
            on reached.document_type = links.supply_type and reached.document_id = links.supply_id
    ),
    waiting_lines as (
        select
            reached.order_type, reached.order_id, demands.demand_id, demands.customer_id, demands.demand_date,
            demands.value, demands.late_days
        from reached
        inner join core.fct_finite_demands as demands
            on
                reached.document_type = demands.demand_type and reached.document_id = demands.demand_id
                and demands.demand_type = 'sales_order_line'
    )
"""
# Needs `waiting_lines`: of each order the customer with most open value, how many there are, and the money of all.
WAITING_CUSTOMERS = """
    by_customer as (
        select order_type, order_id, customer_id, sum(value) as value, min(demand_date) as first_date
        from waiting_lines
        group by order_type, order_id, customer_id
    ),
    waiting_customers as (
        select
            by_customer.order_type, by_customer.order_id,
            max_by(customers.customer_name, by_customer.value) as customer_name,
            count(distinct by_customer.customer_id) as customer_count, sum(by_customer.value) as waiting_value,
            min(by_customer.first_date) as first_date
        from by_customer
        left join core.dim_customers as customers on by_customer.customer_id = customers.customer_id
        group by by_customer.order_type, by_customer.order_id
    )
"""
