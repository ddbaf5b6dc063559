"""Alembic's environment: it gets a connection and never makes one."""

from alembic import context
from sqlmodel import SQLModel

import bot.store.tables  # noqa: F401 - fills the metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    transaction_per_migration=True,  # where the caller has none
)
with context.begin_transaction():
    context.run_migrations()
