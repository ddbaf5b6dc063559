"""What people who mean harm, or make mistakes, write and press."""

from random import Random
from typing import Final

from bot.accounts.enrolment import form
from bot.dispatch.commands.catalogue import COMMANDS
from bot.programme.settings.values import ITEMS
from bot.telegram.callbacks import PRESSES

ZERO_WIDTH: Final = "\u200b\u200c\u200d\ufeff\u2060"
TEXTS: Final = (
    *(
        "",
        " ",
        "\x00",
        "hello",
        "stop",
        "STOP!!",
        "st\u200bop",
        "3",
        "4/10",
        "٣",
        "-1",
        "11",
        "3,5",
    ),
    *(
        "😀" * 50,
        "a" * 4096,
        "\U0001f9b5" * 2048,
        "א" * 300,
        "\u202e" + "txet",
        "\u2066\u2067" * 20,
    ),
    *("<b>bold", "<a href='tg://user?id=1'>x</a>", "&lt;&amp;&#x110000;", "`*_[]()~>#+-=|{}.!"),
    *(
        "'; DROP TABLE person; --",
        '" OR 1=1 --',
        "%s%n{0}${x}",
        "\ud800",
        "x\udfffy",
        "\udc00\ud800",
    ),
    *(ZERO_WIDTH, f"5{ZERO_WIDTH}", "\r\n\t\v\f", "\ufffe\uffff", "é" * 500, "🏳️‍🌈", "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A"),
    *("cancel", "yes", "no", "agree", "finish", "sharp", "Europe/Berlin", "07:30", "mon-fri", "/"),
    *("/start", "/start@holdfast_bot", "//start", "/" + "x" * 64, "/stop@other_bot now"),
)
WORDS: Final = (
    *("", "Maria", "maria", "Maria yes", "#1", "#2", "#99999999999999999999", "all", "athlete X"),
    *("admin Me", "Maria pain=5", "Maria hold=60 holds=24", "Maria 07:30 daily", "off", "yes", "1"),
    *(
        "Maria <b>",
        "Maria; DELETE FROM plan",
        "\u202eairaM",
        "everyone hello",
        "Maria until resumed",
    ),
    *(
        "Maria off",
        "#1 off",
        "#1 yes",
        "coach Sam",
        "undo",
        "2026-W47",
        "x" * 4000,
        "\ud83d",
        "Berlin",
    ),
)
VALUES: Final = (
    *(
        "",
        "0",
        "1",
        "2",
        "3",
        "4",
        "10",
        "11",
        "-1",
        "٣",
        "1e3",
        "99999999999999999999",
        "yes",
        "no",
    ),
    *("start", "skip", "unskip", "15", "60", "tired", "sharp", "none", "fit", "tear", "export"),
    *("erase", "erase_yes", "keep", "back", "agree", "finish", "0730", "d02", "@60", "2200-0700"),
    *("=Europe/Berlin", "?x", "x" * 40, "\x00", "'--", "x", "time", "band", "other"),
)


def token(rng: Random) -> str:
    """Return a guess at a link's token."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return "".join(rng.choices(letters, k=rng.choice((1, 8, 31, 32, 33, 64, 65))))


def text(rng: Random) -> str:
    """Return something to write: a command about somebody, a guessed link, or noise."""
    how = rng.random()
    if how < 0.45:
        at = rng.choice(("", "", "", "@holdfast_bot", "@other"))
        return f"/{rng.choice(list(COMMANDS))}{at} {rng.choice(WORDS)}"
    if how < 0.52:
        return f"/start {token(rng)}"
    if how < 0.6:
        return "".join(chr(rng.randrange(1, 0x110000)) for _ in range(rng.randrange(1, 40)))
    return rng.choice(TEXTS)


def data(rng: Random) -> str:
    """Return a button's data: forged, altered, old, or noise of up to 64 bytes."""
    how = rng.random()
    if how < 0.1:
        return rng.randbytes(64).decode("latin-1")
    if how < 0.35:
        made = f"1:{rng.choice('cw')}:{rng.choice(list(COMMANDS))}:{rng.randrange(-1, 9)}"
        made += f":{rng.choice(WORDS)[:40]}"
    elif how < 0.5:
        step = rng.choice((*form.Step, "x"))
        made = f"1:e:{step}:{rng.choice(VALUES)}"
    elif how < 0.6:
        made = f"1:s:{rng.choice((*ITEMS, 'x'))}:{rng.choice(VALUES)}"
    else:
        values = [str(rng.randrange(-1, 9)) for _ in range(rng.choice((0, 1, 1, 2)))]
        made = ":".join(["1", rng.choice(list(PRESSES)), *values, rng.choice(VALUES)])
    return _altered(rng, made)


def _altered(rng: Random, made: str) -> str:
    how = rng.random()
    if how < 0.1:
        return made.replace("1:", rng.choice(("0:", "2:", "01:", "")), 1)
    if how < 0.2:
        return made[: rng.randrange(len(made) + 1)]
    if how < 0.25:
        return made + rng.choice((":", ":x", "\x00", "é"))
    return made


def name(rng: Random) -> str:
    """Return a display name."""
    names = (
        "Eve",
        "Maria",
        "Admin",
        "<b>Eve</b>",
        "\u202eevE",
        ZERO_WIDTH,
        "E" * 64,
        "\ud83d",
        "\x00",
    )
    return rng.choice(names)
