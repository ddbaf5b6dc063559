"""The command `holdfast`. Whatever is wrong at the start is one sentence and an exit code."""

# What a command needs is imported in it: telling what is wrong must not take seconds.
# ruff: noqa: PLC0415

import asyncio
import gc
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from enum import StrEnum
from functools import wraps
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import streams, traces
from bot.expected import Code, ExpectedError
from bot.settings import Settings, load, require_token

cli = typer.Typer(
    help="Holdfast: daily isometric rehab sessions in Telegram.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

Config = Annotated[
    Path | None, typer.Option("--config", help="A TOML file; see config.example.toml.")
]


class SandboxMissingError(ExpectedError):
    """The demo's stand-in for Telegram is not installed."""

    code = Code.NO_SANDBOX


class Script(StrEnum):
    """How `holdfast demo --play` answers."""

    GOOD = "good"
    STOP = "stop"
    SILENT = "silent"


def _plainly(command: Callable[..., None]) -> Callable[..., None]:
    """Turn an expected failure into one sentence and its exit code."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except ExpectedError as error:
            typer.echo(f"holdfast: {error}", err=True)
            raise typer.Exit(error.code) from None

    return run


def _settings(config: Path | None) -> Settings:
    return load(config, dict(os.environ))


def _telling_damage(settings: Settings) -> AbstractContextManager[None]:
    """Around whatever uses the database: damage is told with the backup to restore."""
    from bot.store.backup import folder_of
    from bot.store.damage import told

    url = settings.database.url
    return told(url, folder_of(url, settings.backup.folder))


@cli.command()
@_plainly
def run(config: Config = None) -> None:
    """Run the bot against Telegram until it is stopped."""
    settings = _settings(config)
    require_token(settings)
    gc.disable()  # what imports make stays; looking through it again and again takes its time
    from bot import app, logs

    gc.freeze()
    gc.enable()
    logs.set_up()
    asyncio.run(app.serve(settings))


@cli.command(name="demo")
@_plainly
def demo_(
    play: Annotated[
        Script | None, typer.Option(help="Play the athlete unattended, then exit.")
    ] = None,
    port: Annotated[int, typer.Option(help="Port of the chat page; 0 takes a free one.")] = 8099,
) -> None:
    """Run everything on this machine, with a chat page in place of Telegram."""
    if find_spec("telegram_sandbox") is None:
        raise SandboxMissingError(
            "the demo needs the package telegram-sandbox, which is not installed; in Holdfast's "
            "source folder, `make demo` or `pip install packages/telegram_sandbox` installs it."
        )
    from bot import demo, logs

    logs.set_up(level=logs.QUIET)
    asyncio.run(demo.show(None if play is None else play.value, port))


@cli.command()
@_plainly
def check_config(config: Config = None) -> None:
    """Check the settings, and say what they are; secrets are not shown."""
    settings = _settings(config)
    require_token(settings)
    for section, values in settings.model_dump().items():
        for key, value in values.items():
            typer.echo(f"{section}.{key} = {value}")


@cli.command()
@_plainly
def migrate(config: Config = None) -> None:
    """Bring the database to this version's schema."""
    settings = _settings(config)
    from bot.store.migrate import migrate as migrate_database

    with _telling_damage(settings):
        before, after = migrate_database(settings.database.url)
    typer.echo(f"Schema: {before or 'none'} → {after}.")


@cli.command()
@_plainly
def backup(config: Config = None) -> None:
    """Make a backup now; the bot may run meanwhile."""
    settings = _settings(config)
    url, kept = settings.database.url, settings.backup
    from bot.clock.clock import SystemClock
    from bot.store.backup import folder_of, make
    from bot.store.migrate import require_database

    with _telling_damage(settings):
        require_database(url)
        made = make(url, folder_of(url, kept.folder), SystemClock().now(), kept.keep)
    typer.echo(f"Backup: {made.path} ({made.size:,} bytes, checked).")


@cli.command()
@_plainly
def restore(
    file: Annotated[Path, typer.Argument(help="A backup, as `holdfast backup` makes them.")],
    config: Config = None,
) -> None:
    """Put a backup in the database's place; the bot must not run."""
    settings = _settings(config)
    url = settings.database.url
    from bot.clock.clock import SystemClock
    from bot.dispatch.after_restore import settle_waiting
    from bot.store.backup import folder_of
    from bot.store.engine import Store
    from bot.store.restore import restore as restore_database

    now = SystemClock().now()
    done = restore_database(url, file, now, folder_of(url, settings.backup.folder))
    with Store(url, inline=True) as store:
        dropped = store.write_now(settle_waiting, now)
    typer.echo(f"Restored {file} as {url}, schema {done.revision} → {done.head}.")
    if done.former is not None:
        typer.echo(f"The earlier database is kept as {done.former}.")
    typer.echo(f"Messages that were waiting in it and will not be sent: {dropped}.")
    typer.echo(
        f"Athletes erased since this backup was made, and erased from it again: {done.erased}."
    )


@cli.command()
@_plainly
def stats(config: Config = None) -> None:
    """Show how late messages were, what was lost and what waits; the bot may run meanwhile."""
    settings = _settings(config)
    url = settings.database.url
    from bot.clock.clock import SystemClock
    from bot.operations.figures import figures
    from bot.operations.stats_page import page
    from bot.store.engine import Store
    from bot.store.migrate import require_schema

    now = SystemClock().now()
    with _telling_damage(settings):
        require_schema(url)
        with Store(url, inline=True) as store:
            found = store.read_now(figures, now)
    typer.echo(page(found, settings.delivery.rate, now))


@cli.command(name="version")
def version_() -> None:
    """Show the version."""
    typer.echo(version("holdfast-bot"))


def main() -> None:
    """Enter the program."""
    streams.guard()
    traces.guard()
    typer.main.get_command(cli)(prog_name="holdfast")  # Typer's own call tells errors with texts
