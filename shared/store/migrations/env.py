"""Runs Alembic's migrations on the connection that `shared.store.migrate` opened."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table_schema="public",
    version_table="tocsin_version",
    # A step that is done stays done, and its locks go with it, where the next one cannot have a table.
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
