"""Texts: HTML, MarkdownV2, explicit entities, limits."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram.helpers import escape_markdown

from telegram_sandbox import ApiError
from telegram_sandbox.html_text import parse_html
from telegram_sandbox.markdown_text import parse_markdown
from telegram_sandbox.text import Formatted

if TYPE_CHECKING:
    from telegram_sandbox import Person, Sandbox


def said(sandbox: Sandbox, text: str, **more: Any) -> tuple[str, list[dict[str, Any]]]:
    """Send a text to Maria; return what came of it."""
    told = sandbox.call("sendMessage", {"chat_id": 1001, "text": text, **more})
    return told["text"], told.get("entities", [])


def refusal(sandbox: Sandbox, text: str, **more: Any) -> str:
    """Send a text that is refused; return the reason."""
    with pytest.raises(ApiError) as caught:
        said(sandbox, text, **more)
    return caught.value.description


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("<b>STEP</b> 3", "STEP 3", [("bold", 0, 4)]),
        ("🚲 <i>now</i>", "🚲 now", [("italic", 3, 3)]),
        ("a <b>b <u>c</u></b>", "a b c", [("bold", 2, 3), ("underline", 4, 1)]),
        ("1 &lt; 2 &amp; &quot;x&quot; &#39;&#x41;", '1 < 2 & "x" \'A', []),
        ("<tg-spoiler>s</tg-spoiler>", "s", [("spoiler", 0, 1)]),
        ('<span class="tg-spoiler">s</span>', "s", [("spoiler", 0, 1)]),
        ("<blockquote>q</blockquote>", "q", [("blockquote", 0, 1)]),
        ("<blockquote expandable>q</blockquote>", "q", [("expandable_blockquote", 0, 1)]),
        ("<pre>x <b>y</b></pre>", "x y", [("pre", 0, 3)]),
        ("  <b>x</b>  \n", "x", [("bold", 0, 1)]),
        ("<b> </b>x", "x", []),
        ("<B>x</B>", "x", [("bold", 0, 1)]),
        ("&nbsp; & x", "&nbsp; & x", []),
    ],
)
def test_html(
    sandbox: Sandbox,
    maria: Person,
    source: str,
    text: str,
    entities: list[tuple[str, int, int]],
) -> None:
    """Tags become entities counted in UTF-16 units; white space at the ends goes."""
    got, found = said(sandbox, source, parse_mode="HTML")
    assert got == text
    assert [(e["type"], e["offset"], e["length"]) for e in found] == entities


def test_html_attributes(sandbox: Sandbox, maria: Person) -> None:
    """Links, languages and times keep what their tags say."""
    source = (
        '<a href="https://e.org/?a=1&amp;b=2">x</a> '
        '<pre><code class="language-py">y</code></pre> '
        '<tg-time unix="1647531900" format="wDT">z</tg-time>'
    )
    _, found = said(sandbox, source, parse_mode="HTML")
    assert [{k: v for k, v in e.items() if k not in ("offset", "length")} for e in found] == [
        {"type": "text_link", "url": "https://e.org/?a=1&b=2"},
        {"type": "pre", "language": "py"},
        {"type": "date_time", "unix_time": 1647531900, "date_time_format": "wDT"},
    ]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("1 < 2", "Unclosed start tag at byte offset 2"),
        ("<h1>x</h1>", 'Unsupported start tag "h1" at byte offset 0'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("é</b>", "Unexpected end tag at byte offset 2"),
        (
            "<b><i>x</b></i>",
            'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"',
        ),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<tg-time unix="soon">x</tg-time>', 'Invalid unix time "soon" specified'),
        (
            '<tg-time unix="1" format="q">x</tg-time>',
            'Invalid date time format "q" specified',
        ),
    ],
)
def test_html_refused(sandbox: Sandbox, maria: Person, source: str, reason: str) -> None:
    """Bad HTML is refused with its place."""
    got = refusal(sandbox, source, parse_mode="HTML")
    assert got == f"Bad Request: can't parse entities: {reason}"


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("*b* _i_ __u__ ~s~ ||p||", "b i u s p", "bold italic underline strikethrough spoiler"),
        ("`c\\`` ```py\nx```", "c` x", "code pre"),
        ("[t](https://e.org/\\)) 1\\.5", "t 1.5", "text_link"),
        (">one\n>two||\nthree", "one\ntwo\nthree", "expandable_blockquote"),
        ("![soon](tg://time?unix=1647531900&format=r)", "soon", "date_time"),
    ],
)
def test_markdown(sandbox: Sandbox, maria: Person, source: str, text: str, entities: str) -> None:
    """MarkdownV2's marks become entities."""
    got, found = said(sandbox, source, parse_mode="MarkdownV2")
    assert got == text
    assert [e["type"] for e in found] == entities.split()


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("1.5", "Character '.' is reserved and must be escaped with the preceding '\\'"),
        ("a *b", "Can't find end of Bold entity at byte offset 2"),
        ("`x", "Can't find end of Code entity at byte offset 0"),
    ],
)
def test_markdown_refused(sandbox: Sandbox, maria: Person, source: str, reason: str) -> None:
    """Bad MarkdownV2 is refused as Telegram refuses it."""
    got = refusal(sandbox, source, parse_mode="MarkdownV2")
    assert got == f"Bad Request: can't parse entities: {reason}"


def test_lengths_count_utf16_after_parsing(sandbox: Sandbox, maria: Person) -> None:
    """4096 units fit, tags not counted; one more does not; an emoji counts two."""
    said(sandbox, "<b>" + "x" * 4096 + "</b>", parse_mode="HTML")
    said(sandbox, "🚲" * 2048)
    assert refusal(sandbox, "🚲" * 2048 + "x") == "Bad Request: message is too long"
    assert refusal(sandbox, "x" * 4097) == "Bad Request: message is too long"


@pytest.mark.parametrize("text", ["", "   \n ", "<b></b>"])
def test_nothing_is_not_a_message(sandbox: Sandbox, maria: Person, text: str) -> None:
    """A text without anything to see is refused."""
    assert refusal(sandbox, text, parse_mode="HTML") == "Bad Request: message text is empty"


@pytest.mark.parametrize(
    "entity",
    [
        {"type": "bold", "offset": 0, "length": 9},
        {"type": "bold", "offset": -1, "length": 1},
        {"type": "bold", "offset": 0, "length": 0},
        {"type": "bold", "offset": 1, "length": 1},
        {"type": "sparkle", "offset": 0, "length": 2},
        {"type": "text_link", "offset": 0, "length": 2},
        {"type": "bold", "offset": 0, "length": 2, "size": 3},
        {"type": "bold", "offset": 0},
    ],
)
def test_explicit_entities_are_checked(
    sandbox: Sandbox, maria: Person, entity: dict[str, Any]
) -> None:
    """An entity outside the text, inside a character, unknown or incomplete is refused."""
    assert refusal(sandbox, "🚲abc", entities=[entity]).startswith("Bad Request: ")


def test_explicit_entities_are_kept(sandbox: Sandbox, maria: Person) -> None:
    """A good entity arrives as it was sent."""
    entity = {"type": "bold", "offset": 2, "length": 3}
    assert said(sandbox, "🚲abc", entities=[entity]) == ("🚲abc", [entity])


def test_commands_and_links_are_found(sandbox: Sandbox, maria: Person) -> None:
    """Telegram marks commands, mentions and links by itself, but not inside code."""
    _, found = said(sandbox, "/step now, @maria: https://e.org <code>/x</code>", parse_mode="HTML")
    assert [e["type"] for e in found] == ["bot_command", "mention", "url", "code"]


@given(st.text())
def test_escaped_html_is_the_text(text: str) -> None:
    """Any text that is escaped comes out as it was, without formatting."""
    assert parse_html(html.escape(text)) == Formatted(text)


@given(st.text())
def test_escaped_markdown_is_the_text(text: str) -> None:
    """The library's escaping and the sandbox's reading agree on MarkdownV2."""
    assert parse_markdown(escape_markdown(text, version=2)) == Formatted(text)


@given(st.text(), st.text())
def test_units_are_those_of_utf16(before: str, bold: str) -> None:
    """Offsets and lengths count UTF-16 units, whatever the text."""
    found = parse_html(f"{html.escape(before)}<b>{html.escape(bold)}</b>").entities
    spans = [(e["offset"], e["length"]) for e in found]
    length = len(bold.encode("utf-16-le")) // 2
    assert spans == ([(len(before.encode("utf-16-le")) // 2, length)] if bold else [])


def test_unknown_parse_mode(sandbox: Sandbox, maria: Person) -> None:
    """Only HTML and MarkdownV2 are known."""
    assert refusal(sandbox, "x", parse_mode="Org") == "Bad Request: unsupported parse_mode"
