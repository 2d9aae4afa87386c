"""Runs Alembic's migrations on the connection that `shared.store.migrate` opened."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table_schema="public",
    version_table="tocsin_version",
)
with context.begin_transaction():
    context.run_migrations()
