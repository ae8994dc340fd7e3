"""The UCI Online Retail invoices as a folder in canonical shape, and its figures worked out from the rows directly.

Every sixteenth customer is taken (customer number divisible by 16), with all of its invoices: enough for the models, and
quick to build. Lines without a customer, without a price and cancellations are no orders; a cancellation becomes a return
of the customer's last line of the item before it.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from tests.benchmarks.measure import REPOSITORY

FILE = REPOSITORY.parent / "shared" / "data" / "online_retail" / "online_retail.parquet"
EVERY = 16
AS_OF = date(2011, 12, 9)


def invoices() -> pl.DataFrame:
    """The lines of the slice: number, line, item, name, quantity, at, price, customer, country, is_cancellation."""
    rows = pl.read_parquet(FILE).with_row_index("row").drop_nulls("CustomerID")
    return rows.filter(pl.col("CustomerID").cast(pl.Int64) % EVERY == 0).select(
        number="InvoiceNo",
        line=pl.int_range(1, pl.len() + 1).over("InvoiceNo", order_by="row"),
        item="StockCode",
        name=pl.col("Description").str.strip_chars(),
        quantity="Quantity",
        at="InvoiceDate",
        price="UnitPrice",
        customer=pl.col("CustomerID").cast(pl.Int64).cast(pl.String),
        country="Country",
        is_cancellation=pl.col("InvoiceNo").str.starts_with("C"),
    )


def sales() -> pl.DataFrame:
    """The lines that are orders."""
    return invoices().filter(~pl.col("is_cancellation"), pl.col("quantity") > 0, pl.col("price") > 0)


def write_folder(folder: Path) -> Path:
    """Customers, items, orders with lines, and returns as canonical files; gives the folder."""
    folder.mkdir(parents=True)
    sold = sales().with_columns(line_id=pl.format("{}-{}", "number", "line"))
    customers = sold.group_by("customer").agg(pl.col("at").min(), pl.col("country").first()).sort("customer")
    customers.select(
        customer_id="customer", customer_name=pl.format("Customer {}", "customer"), customer_type=pl.lit("end_customer"),
        region="country", created_date=pl.col("at").dt.date(),
    ).write_csv(folder / "customers.csv")  # fmt: skip
    names = sold.group_by("item").agg(pl.col("name").drop_nulls().sort().first())
    names.sort("item").select(
        item_id="item", item_name=pl.col("name").fill_null(pl.col("item")), item_type=pl.lit("finished"),
        base_uom=pl.lit("PCS"),
    ).write_csv(folder / "items.csv")  # fmt: skip
    orders = sold.group_by("number").agg(pl.col("customer").first(), pl.col("at").min()).sort("number")
    orders.select(
        sales_order_id="number", customer_id="customer", channel=pl.lit("web_shop"), ordered_at="at",
        currency_code=pl.lit("GBP"), order_status=pl.lit("completed"),
    ).write_csv(folder / "sales_orders.csv")  # fmt: skip
    sold.sort("number", "line").select(
        sales_order_line_id="line_id", sales_order_id="number", line_number="line", item_id="item",
        ordered_quantity="quantity", unit_price="price", net_value=(pl.col("quantity") * pl.col("price")).round(6),
        requested_date=pl.col("at").dt.date(), line_status=pl.lit("completed"),
    ).write_csv(folder / "sales_order_lines.csv")  # fmt: skip
    back = invoices().filter("is_cancellation", pl.col("quantity") < 0).sort("at", "number", "line")
    before = sold.sort("at", "number", "line").select("customer", "item", "at", "line_id")
    back.join_asof(before, on="at", by=["customer", "item"], check_sortedness=False).drop_nulls("line_id").select(
        return_line_id=pl.format("{}-{}", "number", "line"), sales_order_line_id="line_id", customer_id="customer",
        item_id="item", returned_quantity=-pl.col("quantity"), returned_at="at",
        credit_value=(-pl.col("quantity") * pl.col("price")).round(6),
    ).write_csv(folder / "customer_returns.csv")  # fmt: skip
    (folder / "source.toml").write_text(
        f'as_of = {AS_OF.isoformat()}\ncompany_name = "Online Retail"\ncompany_currency = "GBP"\ncurrency = "GBP"\n'
        'decimal_mark = "."\n',
        encoding="utf-8",
    )
    return folder
