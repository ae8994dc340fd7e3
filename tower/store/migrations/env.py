"""Alembic's entry: runs migrations on the connection, and in the transaction, that the store hands over."""

from alembic import context

from tower.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite cannot alter a column: tables are copied there. Its DDL is transactional, which Alembic does not assume.
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
