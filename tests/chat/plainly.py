"""A screen as plain text, and a check that a text is HTML as Telegram takes it."""

from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

from bot.conversation.screen import Button, Screen

GOLDEN = Path(__file__).parent / "golden"
Golden = Callable[[str, Screen], None]
"""Compares a screen with the golden file of that name."""
TAGS = frozenset({"b", "i", "u", "s", "code", "pre", "a", "tg-time", "blockquote"})


class _Text(HTMLParser):
    """Collects the text; tags must be Telegram's, and close in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a tag; a live time, which has its instant, shows that it counts down."""
        assert tag in TAGS, tag
        self.open.append(tag)
        if tag == "tg-time":
            assert dict(attrs).keys() == {"unix", "format"}
            self.found.append("⏱")

    def handle_endtag(self, tag: str) -> None:
        """Close the newest tag, which must be this one."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep text; a bare "<" would be read by Telegram as a tag."""
        assert self.open.count("tg-time") <= 1
        self.found.append(data)


def plain(html: str) -> str:
    """Return the text without its tags; fail where the tags are not balanced or not Telegram's."""
    parser = _Text()
    parser.feed(html)
    parser.close()
    assert parser.open == []
    return "".join(parser.found)


def as_text(screen: Screen) -> str:
    """Return ring, text and buttons, as a person reads them."""
    rings = "rings" if screen.rings else "silent"
    rows = "".join(" ".join(map(_button, row)) + "\n" for row in screen.rows)
    sound = "" if screen.audio is None else f"[{screen.audio.title}: {screen.audio.sound.name}]\n"
    shown = "" if screen.picture is None else f"[picture: {screen.picture.name}]\n"
    return f"({rings})\n\n{shown}{sound}{plain(screen.text)}\n" + (f"\n{rows}" if rows else "")


def _button(button: Button) -> str:
    style = f" ({button.style})" if button.style else ""
    return f"[{button.label}{style} = {button.url or button.data}]"
