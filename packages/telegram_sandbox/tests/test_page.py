"""The chat page in a real browser."""

from __future__ import annotations

import re
import shutil
import struct
import zlib
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from telegram_sandbox import Person, Sandbox, Server, serve, serving
from telegram_sandbox.arguments import Upload

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from .conftest import Clock

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_BACK = re.compile("Failed to load resource|ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED")

# One browser serves the whole file, on one loop and in one worker.
pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.asyncio(loop_scope="module")]


def png(width: int, height: int) -> bytes:
    """Return a plain grey PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + checksum

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress((b"\0" + b"\x80" * width) * height)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """Start the machine's Chromium once."""
    path = next((found for name in _NAMES if (found := shutil.which(name))), None)
    if path is None:
        pytest.fail("The browser tests need Chromium: apt-get install chromium.")
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield chromium
        await chromium.close()


@pytest_asyncio.fixture(loop_scope="module")
async def live(sandbox: Sandbox, maria: Person) -> AsyncIterator[Server]:
    """Serve a sandbox with a guest, a host and a keeper."""
    sandbox.person("Jonas", id=1002, role="host", started=True)
    sandbox.person("Ada", id=1003, role="keeper", started=True)
    async with serving(sandbox) as server:
        yield server


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, live: Server) -> AsyncIterator[Page]:
    """Open the page; any console error, page error or breach of the policy fails the test."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    opened = await context.new_page()
    trouble: list[str] = []
    opened.on("pageerror", lambda error: trouble.append(str(error)))
    opened.on("console", lambda m: trouble.append(m.text) if m.type == "error" else None)
    await _open(opened, live)
    yield opened
    await context.close()
    assert [text for text in trouble if not _BACK.search(text)] == []


async def _open(page: Page, server: Server) -> None:
    await page.goto(f"{server.url}/")
    await page.locator('body[data-connected="true"]').wait_for()


def pane(page: Page, role: str = "guest") -> Locator:
    """Return one person's pane."""
    return page.locator(f'.pane[data-role="{role}"]')


def send(sandbox: Sandbox, text: str, **more: Any) -> int:
    """Have the bot write to Maria; return the message's number."""
    told = sandbox.call("sendMessage", {"chat_id": 1001, "text": text, **more})
    return int(told["message_id"])


def keyboard(*buttons: tuple[str, str, str | None]) -> dict[str, Any]:
    """Return one row of inline buttons: label, data, style."""
    row = [
        {"text": label, "callback_data": data, **({"style": style} if style else {})}
        for label, data, style in buttons
    ]
    return {"inline_keyboard": [row]}


async def test_a_text_is_sent_with_enter(page: Page, sandbox: Sandbox, maria: Person) -> None:
    """What is typed reaches the bot and stands in the chat."""
    field = pane(page).get_by_role("textbox", name="Message as Maria")
    await field.fill("a table for two")
    await field.press("Enter")
    await expect(pane(page).locator(".mine .text")).to_have_text("a table for two")
    await expect(field).to_have_value("")
    assert [update["message"]["text"] for update in sandbox.updates.pending] == ["a table for two"]


async def test_a_button_is_busy_until_its_answer(page: Page, sandbox: Sandbox) -> None:
    """A tap reaches the bot; the button shows that it waits, then the toast comes."""
    send(sandbox, "Guests?", reply_markup=keyboard(("3", "p3", None), ("4", "p4", None)))
    button = pane(page).get_by_role("button", name="3", exact=True)
    await button.click()
    await expect(button).to_have_attribute("aria-busy", "true")
    entry = await sandbox.log.wait_for(lambda e: e.method == "tap", after=0)
    sandbox.call("answerCallbackQuery", {"callback_query_id": entry.result["id"], "text": "Noted"})
    await expect(button).not_to_have_attribute("aria-busy", "true")
    await expect(pane(page).locator(".toast")).to_have_text("Noted")


async def test_an_alert_waits_for_ok(page: Page, sandbox: Sandbox, maria: Person) -> None:
    """An alert covers the pane until it is closed by the keyboard."""
    send(sandbox, "Old", reply_markup=keyboard(("Go", "go", None)))
    query = maria.tap("Go")
    told = {"callback_query_id": query, "text": "This table is taken", "show_alert": True}
    sandbox.call("answerCallbackQuery", told)
    alert = pane(page).get_by_role("alertdialog")
    await expect(alert).to_contain_text("This table is taken")
    await page.keyboard.press("Enter")
    await expect(alert).to_have_count(0)


async def test_ringing_and_silent_messages_differ(page: Page, sandbox: Sandbox) -> None:
    """A ringing message has a bell and beeps if sound is on; a silent one does neither."""
    await page.get_by_role("button", name="Sound off").click()
    await expect(page.get_by_role("button", name="Sound on")).to_be_visible()
    loud, quiet = send(sandbox, "STEP 1 of 5"), send(sandbox, "Wait", disable_notification=True)
    first = pane(page).locator(f'[data-id="{loud}"]')
    second = pane(page).locator(f'[data-id="{quiet}"]')
    await expect(first).to_have_class(re.compile(r"\brings\b"))
    await expect(first.locator(".meta")).to_contain_text("rings")
    await expect(second).not_to_have_class(re.compile(r"\brings\b"))
    await expect(second.locator(".meta")).to_contain_text("silent")
    # One beep when the sound was switched on, one for the ringing message.
    assert await page.evaluate("document.body.dataset.beeps") == "2"


async def test_an_edit_shows(page: Page, sandbox: Sandbox) -> None:
    """An edited text replaces the old one, flashes and is marked."""
    number = send(sandbox, "STEP 10")
    message = pane(page).locator(f'[data-id="{number}"]')
    await expect(message).to_contain_text("STEP 10")
    sandbox.call("editMessageText", {"chat_id": 1001, "message_id": number, "text": "STEP 5"})
    await expect(message.locator(".text")).to_have_text("STEP 5")
    await expect(message.locator(".edited")).to_have_text("edited")
    await expect(message).to_have_class(re.compile("changed"))


async def test_a_photo_shows_and_enlarges(page: Page, sandbox: Sandbox) -> None:
    """A picture loads in its bubble; a click shows it large."""
    upload = Upload("week.png", "image/png", png(320, 200))
    sandbox.call("sendPhoto", {"chat_id": 1001, "caption": "Week 9"}, {"photo": upload})
    picture = pane(page).locator(".photo img")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("async i => (await i.decode(), i.naturalWidth)") == 320
    await picture.click()
    await expect(page.locator("#viewer img")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator("#viewer img")).to_be_hidden()


async def test_stop_is_red(page: Page, sandbox: Sandbox) -> None:
    """A button in the danger style is red, and large enough for a thumb."""
    send(sandbox, "STEP", reply_markup=keyboard(("STOP", "stop", "danger")))
    stop = pane(page).get_by_role("button", name="STOP")
    color = await stop.evaluate("b => getComputedStyle(b).backgroundColor")
    red, green, blue = (int(part) for part in re.findall(r"\d+", color)[:3])
    assert red > 150
    assert max(green, blue) < 100
    box = await stop.bounding_box()
    assert box
    assert box["height"] >= 44


async def test_user_text_is_never_markup(page: Page, sandbox: Sandbox, maria: Person) -> None:
    """Text that looks like HTML is shown as text."""
    maria.say("<img src=x onerror=document.title='broken'><b>hi</b>")
    await expect(pane(page).locator(".mine .text")).to_contain_text("<b>hi</b>")
    assert await page.title() == "Telegram sandbox"


async def test_entities_are_drawn(page: Page, sandbox: Sandbox) -> None:
    """Formatting becomes elements, and a time counts down by the sandbox's clock."""
    now = int(sandbox.now().timestamp())
    text = (
        "🚲 <b>STEP <i>now</i></b> <code>x</code> <tg-spoiler>secret</tg-spoiler> "
        f'<tg-time unix="{now + 3600}" format="r">soon</tg-time> '
        f'<tg-time unix="{now}" format="wDT">then</tg-time>'
    )
    number = send(sandbox, text, parse_mode="HTML")
    message = pane(page).locator(f'[data-id="{number}"] .text')
    await expect(message.locator("b")).to_have_text("STEP now")
    await expect(message.locator("b i")).to_have_text("now")
    await expect(message.locator("time").first).to_have_text(re.compile("in 1 h|in 59 min"))
    await expect(message.locator("time").last).to_have_text(re.compile(r"\d\d:\d\d:\d\d"))


async def test_the_page_goes_by_the_sandbox_clock(
    page: Page, sandbox: Sandbox, clock: Clock
) -> None:
    """Each day has its own line; what was today is a date when the clock has moved on."""
    days = pane(page).locator(".day")
    send(sandbox, "one")
    await expect(days).to_have_text(["Today"])
    clock.forward(days=1)
    send(sandbox, "two")
    await expect(days).to_have_text(["March 2", "Today"])


async def test_a_start_link_is_opened_by_whom_one_chooses(page: Page, sandbox: Sandbox) -> None:
    """Telegram is not visited; the person of that name sends what opening it sends."""
    send(sandbox, f"https://t.me/{sandbox.me['username']}?start=abc")
    await pane(page).get_by_role("link").click()
    await page.get_by_role("dialog").get_by_role("button", name="Jonas").click()
    await expect(pane(page, "host").locator(".mine")).to_contain_text("/start abc")
    assert len(page.context.pages) == 1


async def test_a_label_is_one_line(page: Page, sandbox: Sandbox) -> None:
    """On a phone a label is cut at the end of its line, as Telegram does; what fits is whole."""
    await page.set_viewport_size({"width": 390, "height": 800})
    send(sandbox, "Whole", reply_markup=keyboard(("Take this table for the evening", "x", None)))
    long = "Take this table for the whole evening, please"
    send(sandbox, "Cut", reply_markup=keyboard((long, "cut", None), ("Go", "go", None)))
    await expect(pane(page).get_by_text("Cut", exact=True)).to_be_visible()
    keys = pane(page).locator(".key")
    sizes = await keys.evaluate_all(
        "all => all.map(key => [key.scrollWidth > key.clientWidth, key.clientHeight])"
    )
    assert [cut for cut, _height in sizes] == [False, True, False]
    assert {height for _cut, height in sizes} == {44}


async def test_commands_and_reply_keyboard(page: Page, sandbox: Sandbox) -> None:
    """The menu lists the bot's commands; a location button asks for a place and sends it."""
    sandbox.call("setMyCommands", {"commands": [{"command": "step", "description": "Start"}]})
    keys = {"keyboard": [[{"text": "Share my city", "request_location": True}]]}
    send(sandbox, "Where are you?", reply_markup=keys)
    await pane(page).get_by_role("button", name="Commands").click()
    await pane(page).get_by_role("menuitem", name="/step").click()
    await sandbox.log.wait_for(lambda e: e.text == "/step", after=0)
    await pane(page).get_by_role("button", name="Share my city").click()
    await pane(page).get_by_role("button", name="Sydney").click()
    await sandbox.log.wait_for(lambda e: e.method == "location", after=0)
    await expect(pane(page).locator('[data-kind="location"]')).to_contain_text("-33.8688")


async def test_block_and_unblock(page: Page, maria: Person) -> None:
    """The pane's menu blocks the bot; the writing line then offers to unblock it."""
    await pane(page).get_by_role("button", name="More about Maria").click()
    await pane(page).get_by_role("menuitem", name="Block the bot").click()
    unblock = pane(page).get_by_role("button", name="Unblock the bot")
    await expect(unblock).to_be_visible()
    assert maria.blocked
    await unblock.click()
    await expect(pane(page).get_by_role("textbox")).to_be_visible()


async def test_the_empty_chat_tells_what_to_do(page: Page, sandbox: Sandbox) -> None:
    """A new person is offered START, and it works."""
    host = pane(page, "host")
    await expect(host.locator(".empty")).to_contain_text("Jonas")
    await host.get_by_role("button", name="START").click()
    await sandbox.log.wait_for(lambda e: e.text == "/start", after=0)
    await expect(host.locator(".empty")).to_have_count(0)


async def test_more_people_than_panes(page: Page, sandbox: Sandbox, maria: Person) -> None:
    """A fourth person is added on the page, takes a pane, and the switcher leads back."""
    await page.get_by_role("button", name="Add a person").click()
    await page.get_by_label("Name").fill("Lena")
    await page.get_by_label("Role").fill("guest")
    await page.get_by_role("button", name="Add", exact=True).click()
    lena = page.get_by_role("textbox", name="Message as Lena")
    await expect(lena).to_be_visible()
    await expect(page.locator(".pane")).to_have_count(3)
    assert [person.name for person in sandbox.people.values()][-1] == "Lena"
    send(sandbox, "Where are you, Maria?")
    switch = pane(page).get_by_label("Whose chat this is")
    await expect(switch.locator("option", has_text="Maria")).to_contain_text("1 new")
    await switch.select_option(label="Maria, guest (1 new)")
    await expect(pane(page).get_by_text("Where are you, Maria?")).to_be_visible()


async def test_the_keyboard_alone_is_enough(page: Page, sandbox: Sandbox) -> None:
    """Commands are chosen, and panels closed, without a mouse."""
    sandbox.call("setMyCommands", {"commands": [{"command": "stop", "description": "Stop"}]})
    field = pane(page).get_by_role("textbox", name="Message as Maria")
    await expect(field).to_be_visible()
    await field.focus()
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Enter")
    item = pane(page).get_by_role("menuitem", name="/stop")
    await expect(item).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(item).to_have_count(0)
    await expect(field).to_be_focused()


async def test_the_phone_has_one_pane_and_badges(page: Page, sandbox: Sandbox) -> None:
    """At phone width one chat shows; a tab counts what came for the others."""
    await page.set_viewport_size({"width": 390, "height": 844})
    await expect(page.locator(".pane:visible")).to_have_count(1)
    sandbox.call("sendMessage", {"chat_id": 1002, "text": "Maria has arrived"})
    tab = page.get_by_role("tab", name="Jonas")
    await expect(tab.locator(".badge")).to_have_text("1")
    await tab.click()
    await expect(pane(page, "host").get_by_text("Maria has arrived")).to_be_visible()
    await expect(tab.locator(".badge")).to_have_count(0)
    wide = await page.evaluate("document.documentElement.scrollWidth")
    assert wide == 390


async def test_reading_back_is_not_disturbed(page: Page, sandbox: Sandbox) -> None:
    """Who has scrolled up stays there and sees a count; at the bottom, new messages follow."""
    for number in range(40):
        send(sandbox, f"line {number}")
    scroll = pane(page).locator(".scroll")
    await expect(pane(page).get_by_text("line 39")).to_be_in_viewport()
    await scroll.evaluate("e => e.scrollTo(0, 0)")
    await expect(pane(page).get_by_role("button", name="To the newest message")).to_be_visible()
    send(sandbox, "newest")
    await expect(pane(page).locator(".below .badge")).to_have_text("1")
    assert await scroll.evaluate("e => e.scrollTop") == 0
    await pane(page).get_by_role("button", name="To the newest message").click()
    await expect(pane(page).get_by_text("newest", exact=True)).to_be_in_viewport()


async def test_it_reconnects(page: Page, sandbox: Sandbox, live: Server) -> None:
    """A lost connection is told, and mended with what was missed."""
    await live.close()
    await expect(page.get_by_text("Connection lost, reconnecting…")).to_be_visible()
    send(sandbox, "while you were away")
    again = await serve(sandbox, live.port)
    try:
        await expect(pane(page).get_by_text("while you were away")).to_be_visible(timeout=20_000)
        await expect(page.get_by_text("Connection lost, reconnecting…")).to_be_hidden()
    finally:
        await again.close()


async def test_nothing_foreign_may_load(page: Page, live: Server) -> None:
    """The policy forbids everything but the page's own files; inline scripts do not run."""
    answer = await page.request.get(f"{live.url}/")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'")
    assert "unsafe" not in policy
    text = await answer.text()
    assert re.findall(r"(?:src|href)=\"(?!/static/)", text) == []


async def test_pressing_on_an_old_page_is_told(page: Page, sandbox: Sandbox) -> None:
    """What the sandbox does not take is shown as a toast, not swallowed."""
    field = pane(page).get_by_role("textbox", name="Message as Maria")
    sandbox.people[1001].deactivated = True
    await field.fill("hello")
    await field.press("Enter")
    await expect(pane(page).locator(".toast")).to_contain_text("account is deleted")
