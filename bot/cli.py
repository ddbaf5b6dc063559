"""The command `holdfast`. Whatever is wrong at the start is one sentence and an exit code."""

# What a command needs is imported in it: telling what is wrong must not take seconds.
# ruff: noqa: PLC0415

import asyncio
import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import wraps
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot import streams, traces
from bot.expected import Code, ExpectedError
from bot.settings import Settings, load

if TYPE_CHECKING:
    from bot.store.home import Home

cli = typer.Typer(
    help="Holdfast: daily isometric rehab sessions in Telegram.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

Config = Annotated[
    Path | None, typer.Option("--config", help="A TOML file; see config.example.toml.")
]
New = Annotated[bool, typer.Option("--new", help="Where there is no database, make one.")]
START_FIRST = "start the bot first, or name its settings with --config"
STILL_POSTED = (
    "Set another webhook.secret before an ingress starts: Telegram may still post what the "
    "earlier bot is sent."
)


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


@cli.command()
@_plainly
def run(config: Config = None) -> None:
    """Run the bot against Telegram until it is stopped."""
    settings = _settings(config)
    from bot import startup

    startup.check(settings)
    gc.disable()  # what imports make stays; looking through it again and again takes its time
    from bot import logs, serving

    gc.freeze()
    gc.enable()
    logs.set_up(secrets=settings.secrets)
    asyncio.run(serving.serve(settings))


@cli.command()
@_plainly
def ingress(config: Config = None) -> None:
    """Take the updates that Telegram posts to webhook.url, for a bot on PostgreSQL."""
    settings = _settings(config)
    from bot import startup

    startup.check(settings, startup.INGRESS)
    from bot import ingress as program
    from bot import logs

    logs.set_up(secrets=settings.secrets)
    asyncio.run(program.serve(settings))


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
def check_config(
    config: Config = None,
    *,
    ingress: Annotated[
        bool, typer.Option("--ingress", help="Check what `holdfast ingress` needs instead.")
    ] = False,
) -> None:
    """Check all that a start needs, and say what the settings are; secrets are not shown."""
    settings = _settings(config)
    from bot import startup

    checks, notes = startup.CHECKS, startup.NOTES
    if ingress:
        checks, notes = startup.INGRESS, startup.INGRESS_NOTES
    startup.check(settings, checks)
    startup.check_pages(settings)
    for section, values in settings.model_dump().items():
        for key, value in values.items():
            shown = startup.address(settings) if (section, key) == ("database", "url") else value
            typer.echo(f"{section}.{key} = {shown}")
    for note in filter(None, [*startup.notes(settings, notes), startup.running(settings)]):
        typer.echo(f"Note: {note}")


@cli.command()
@_plainly
def migrate(config: Config = None, *, new: New = False) -> None:
    """Bring the database to this version's schema; no bot may run on a file meanwhile."""
    settings = _settings(config)
    with _database(settings) as home:
        from bot.clock.clock import SystemClock
        from bot.store import lost
        from bot.store.engine import Store

        home.expect(new=new)
        lock = home.lock_to_migrate()
        try:
            before, after = home.migrate()
            lock.keep()
            if new:
                with Store(home.url, inline=True) as store:
                    store.write_now(lost.begin_anew, SystemClock().now())
        finally:
            lock.release()
        typer.echo(f"Schema: {before or 'none'} → {after}, in {home}.")


@cli.command()
@_plainly
def backup(config: Config = None) -> None:
    """Make a backup now; the bot may run meanwhile."""
    settings = _settings(config)
    with _database(settings) as home:
        from bot.clock.clock import SystemClock

        home.require(START_FIRST)
        made = home.back_up(SystemClock().now(), settings.backup.keep, lambda: False)
        typer.echo(f"Backup: {made.path} ({made.size:,} bytes, checked).")


@cli.command()
@_plainly
def restore(
    file: Annotated[Path, typer.Argument(help="A backup, as `holdfast backup` makes them.")],
    config: Config = None,
    *,
    new: New = False,
) -> None:
    """Put a backup in the database's place; the bot must not run."""
    settings = _settings(config)
    with _database(settings) as home:
        home.require_file()
        url, folder = home.url, home.folder
        from bot.clock.clock import SystemClock
        from bot.dispatch.after_restore import settle_waiting
        from bot.store import lost
        from bot.store.engine import Store, file_of
        from bot.store.restore import restore as restore_database

        if not new:
            lost.require_trace(url, folder, "to put the backup there all the same, add --new")
        now, dropped = SystemClock().now(), list[int]()

        def settle(fresh: str) -> None:
            with Store(fresh, inline=True) as store:
                dropped.append(store.write_now(settle_waiting, now))
                store.write_now(lost.begin_anew, now)

        done = restore_database(url, file, now, folder, settle)
        typer.echo(f"Restored {file} as {file_of(url)}, schema {done.revision} → {done.head}.")
        if done.former is not None:
            typer.echo(f"The earlier database is kept as {done.former}.")
        typer.echo(f"Messages that were waiting in it and will not be sent: {sum(dropped)}.")
        typer.echo(
            f"Athletes erased since this backup was made, and erased from it again: {done.erased}."
        )


@cli.command()
@_plainly
def copy(
    source: Annotated[str, typer.Argument(metavar="FROM", help="The address of the old database.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="Of the new one, which has no rows.")],
) -> None:
    """Copy a database to another one, a server's or a file, row by row; no bot may run on them."""
    from bot import startup
    from bot.settings import BackupSettings, Database, Embedded

    old, new = (
        Embedded(database=Database(url=url), backup=BackupSettings()) for url in (source, target)
    )
    with startup.told(old), startup.told(new):
        from bot.store.copying import copy as copy_database

        one, other = startup.home_of(old), startup.home_of(new)
        done = copy_database(one, other)
        typer.echo(
            f"Copied {done.rows:,} rows of {done.tables} tables from {one} to {other}; "
            "each was read again and is the same."
        )


@cli.command()
@_plainly
def change_bot(config: Config = None) -> None:
    """Give the database to the bot of telegram.token; no bot may run on it meanwhile."""
    settings = _settings(config)
    with _database(settings) as home:
        from bot.clock.clock import SystemClock
        from bot.dispatch import other_bot
        from bot.settings import bot_of
        from bot.store import own_bot
        from bot.store.engine import Store

        bot, now = bot_of(settings), SystemClock().now()
        home.require(START_FIRST)
        home.require_current()
        lock = home.lock()
        try:
            with Store(home.url, inline=True) as store:
                store.write_now(lock.keep)
                done = store.write_now(other_bot.change, bot, now)
        finally:
            lock.release()
        if done is None:
            typer.echo(f"The database is that of the bot {bot} already; nothing was changed.")
            return
        was = "no bot yet" if done.before is None else own_bot.named(done.before)
        typer.echo(f"The database was that of {was}, and is that of the bot {bot} from now on.")
        typer.echo(f"Messages that were waiting and will not be sent: {done.letters}.")
        typer.echo(f"Updates that were waiting and will not be handled: {done.updates}.")
        typer.echo(f"People the bot can write to only once they have written to it: {done.people}.")
        if settings.webhook.url:
            typer.echo(STILL_POSTED)


@cli.command()
@_plainly
def stats(config: Config = None) -> None:
    """Show how late messages were, what was lost and what waits; the bot may run meanwhile."""
    settings = _settings(config)
    with _database(settings) as home:
        from bot.clock.clock import SystemClock
        from bot.operations.figures import figures
        from bot.operations.stats_page import page
        from bot.store.engine import Store

        now = SystemClock().now()
        home.require(START_FIRST)
        home.require_usable()
        with Store(home.url, inline=True) as store:
            found = store.read_now(figures, now)
        typer.echo(page(found, settings.delivery.rate, now))


@contextmanager
def _database(settings: Settings) -> Iterator["Home"]:
    """Give the database's place; trouble with it is told."""
    from bot import startup
    from bot.store.driver import is_server
    from bot.store.file import check_sqlite

    with startup.told(settings):
        if not is_server(settings.database.url):
            check_sqlite()
        yield startup.home_of(settings)


@cli.command(name="version")
def version_() -> None:
    """Show the version."""
    typer.echo(version("holdfast-bot"))


def main() -> None:
    """Enter the program."""
    streams.guard()
    traces.guard()
    typer.main.get_command(cli)(prog_name="holdfast")  # Typer's own call tells errors with texts
