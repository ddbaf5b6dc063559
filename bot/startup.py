"""What is looked at before the bot starts: one table, for `run` and `check-config` alike.

Nothing is made or changed here, and nothing is asked of Telegram. A check raises an
`ExpectedError` whose text is one sentence. What may be better and keeps nobody from starting is a
note: `check-config` prints it, `run` logs it.
"""

import errno
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from bot.expected import Code, ExpectedError
from bot.metrics import HOST
from bot.protocol.calendar.zones import TzdataMissingError, check_tzdata, prefer_packaged_tzdata
from bot.settings import BadSettingsError, Settings, bot_of, require_token
from bot.store import home, own_bot
from bot.store.driver import is_server
from bot.store.faults import StoreError, is_passing, reason
from bot.store.file import check_sqlite, file_of
from bot.store.home import Home


class StopError(ExpectedError):
    """The program cannot go on; the text is one sentence for a person."""


class NeedsServerError(ExpectedError):
    """A database on a server is needed."""

    code = Code.NEEDS_SERVER


Check = Callable[[Settings], None]


def _token(settings: Settings) -> None:
    require_token(settings)


def _sqlite(settings: Settings) -> None:
    if not is_server(settings.database.url):
        check_sqlite()


def _zones(_settings: Settings) -> None:
    prefer_packaged_tzdata()
    try:
        check_tzdata()
    except TzdataMissingError as error:
        raise StopError(str(error)) from None


def _address(settings: Settings) -> None:
    home_of(settings)


def _database(settings: Settings) -> None:
    home_of(settings).check()


def _bot(settings: Settings) -> None:
    """The database is that of the token's bot, or nobody's yet."""
    own_bot.require(home_of(settings).bot(), bot_of(settings))


def _webhook(settings: Settings) -> None:
    """With a webhook, updates come by the database: several processes store them there."""
    if settings.webhook.url:
        _posted(settings)


def _posted(settings: Settings) -> None:
    hook = settings.webhook
    for name, value in (("url", hook.url), ("secret", hook.secret.get_secret_value())):
        if not value:
            raise BadSettingsError(
                f"webhook.{name} is missing: set BOT_WEBHOOK__{name.upper()}, or {name} under "
                "[webhook] in the configuration file."
            )
    if not is_server(settings.database.url):
        raise NeedsServerError(
            "webhook.url needs a PostgreSQL database: `holdfast ingress` and `holdfast run` share "
            "it, and database.url is a file; on a file, leave webhook.url out."
        )


def _usable(settings: Settings) -> None:
    home_of(settings).require_usable()


def _ingress_port(settings: Settings) -> None:
    hook = settings.webhook
    try:
        family = socket.AF_INET6 if ":" in hook.host else socket.AF_INET
        with socket.create_server((hook.host, hook.port), family=family):
            pass
    except OSError as error:
        raise ingress_port_error(settings, error) from error


def _port(settings: Settings) -> None:
    """The port for figures is free, or the running bot's own."""
    port = settings.metrics.port
    if not port or home_of(settings).is_in_use():
        return
    try:
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind((HOST, port))
    except OSError as error:
        raise port_error(port, error) from error


CHECKS: Final[tuple[Check, ...]] = (
    _token, _sqlite, _zones, _address, _webhook, _database, _bot, _port,
)  # fmt: skip
"""Of `run`, in their order; the first that fails is told."""
INGRESS: Final[tuple[Check, ...]] = (_address, _posted, _database, _usable, _ingress_port)
"""Of `ingress`, which has no use for the bot's token."""


def check(settings: Settings, checks: tuple[Check, ...] = CHECKS) -> None:
    """Raise an `ExpectedError` with one sentence if nothing can start with these settings."""
    with told(settings):
        for one in checks:
            one(settings)


def check_pages(settings: Settings) -> None:
    """Raise `DamagedError` if a page is damaged: the bot looks at them soon after its start.

    That takes its time, so no start waits for it.
    """
    with told(settings):
        home_of(settings).check_pages()


@contextmanager
def told(settings: Settings) -> Iterator[None]:
    """Around whatever uses the database: trouble with it is an `ExpectedError`.

    Damage is a `DamagedError` that names the backup to restore; a file that is locked or full, or
    a disk that fails, is a `StopError`; a server that is gone is a `ServerError`.
    """
    try:
        with home_of(settings).told():
            yield
    except ExpectedError:
        raise
    except Exception as error:
        if not is_passing(error):
            raise
        raise StopError(f"The database cannot be used just now: {reason(error)}.") from error


def port_error(port: int, error: OSError) -> StopError:
    """Return what is said of a port that cannot be used."""
    return StopError(f"metrics.port: {HOST}:{port} cannot be used: {error.strerror}.")


def ingress_port_error(settings: Settings, error: OSError) -> StopError:
    """Return what is said of a place where no update can be taken."""
    where = f"{settings.webhook.host}:{settings.webhook.port}"
    why = error.strerror or type(error).__name__
    return StopError(f"webhook.host and webhook.port: {where} cannot be used: {why}.")


def home_of(settings: Settings) -> Home:
    """Return the database's place; raises `StoreError`, `BadSettingsError` where none is named."""
    url = settings.database.url
    if not is_server(url):
        file_of(url)  # what is wrong with the address is told as such
    try:
        return home.home_of(url, settings.backup.folder)
    except StoreError as error:
        raise BadSettingsError(str(error)) from None


def address(settings: Settings) -> str:
    """Return the database's address without a password."""
    url = settings.database.url
    return str(home_of(settings)) if is_server(url) else url


# ---- notes ----------------------------------------------------------------------------


Note = Callable[[Settings], str]
LONG_ENOUGH: Final = 16
"""Characters of a secret that nobody guesses."""


def _nobody_named(settings: Settings) -> str:
    operator = settings.operator
    if operator.name and operator.contact:
        return ""
    if operator.name:
        return "operator.contact is missing: athletes are not told how to reach who runs this bot."
    if operator.contact:
        return "operator.name is missing: athletes are not told who runs this bot."
    return (
        "operator.name and operator.contact are missing: athletes are not told who runs this bot "
        "and how to reach them."
    )


def _no_backups(settings: Settings) -> str:
    folder = near = home_of(settings).folder
    while not near.exists():
        near = near.parent
    if near.is_dir() and os.access(near, os.W_OK | os.X_OK):
        return ""
    why = os.strerror(errno.EACCES if near.is_dir() else errno.ENOTDIR)
    return f"backup.folder: no backup can be made in {folder}: {why}."


def _short_secret(settings: Settings) -> str:
    length = len(settings.webhook.secret.get_secret_value())
    if not 0 < length < LONG_ENOUGH:
        return ""
    return (
        f"webhook.secret has fewer than {LONG_ENOUGH} characters: it might be guessed; "
        "`openssl rand -hex 32` makes one."
    )


NOTES: Final[tuple[Note, ...]] = (_nobody_named, _no_backups, _short_secret)
"""Each says nothing where all is well."""
INGRESS_NOTES: Final[tuple[Note, ...]] = (_short_secret,)


def notes(settings: Settings, wanted: tuple[Note, ...] = NOTES) -> list[str]:
    """Return what may be better, one sentence each."""
    return [sentence for note in wanted if (sentence := note(settings))]


def running(settings: Settings) -> str:
    """Return where another instance runs with these settings; empty if none does."""
    found = home_of(settings)
    return f"A Holdfast is running on {found} now." if found.is_in_use() else ""
