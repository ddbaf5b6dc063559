"""Files that were sent before: what Telegram calls them."""

from sqlmodel import Session as Db

from bot.sound import clips
from bot.sound.clips import Sound
from bot.store import facts


def key_of(sound: Sound) -> str:
    """Return what a sound's name at Telegram is stored under: other snippets make another sound."""
    return f"file:{clips.version()}:{sound.name}"


def known(db: Db, key: str) -> str | None:
    """Return which bot uploaded a file, and its name; None where none did."""
    fact = facts.fact(db, key)
    return None if fact is None else fact.value
