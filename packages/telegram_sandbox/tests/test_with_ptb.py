"""python-telegram-bot talks to the sandbox as it talks to Telegram."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import BadRequest, Forbidden
from telegram.ext import Application, MessageHandler, filters

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from telegram_sandbox import Person, Sandbox, Server


@pytest.fixture
async def bot(server: Server) -> AsyncIterator[Bot]:
    """Return the library's own client, pointed at the sandbox."""
    token = server.sandbox.token
    client = Bot(token, base_url=server.base_url, base_file_url=server.base_file_url)
    async with client:
        yield client


async def test_a_conversation_there_and_back(sandbox: Sandbox, maria: Person, bot: Bot) -> None:
    """A text, a keyboard, a tap, an answer and an edit all arrive."""
    maria.say("/start abc")
    (hello,) = await bot.get_updates(timeout=1)
    assert hello.message
    assert hello.message.text == "/start abc"
    assert hello.message.entities[0].type == "bot_command"
    stop = InlineKeyboardButton("STOP", callback_data="stop", style="danger")
    sent = await bot.send_message(
        1001, "<b>STEP</b> 3 of 5", parse_mode="HTML", reply_markup=InlineKeyboardMarkup([[stop]])
    )
    maria.tap("stop")
    (tap,) = await bot.get_updates(offset=hello.update_id + 1)
    assert tap.callback_query
    await tap.callback_query.answer("Stopped", show_alert=True)
    await sent.edit_text("Stopped after 7 s")
    assert maria.toasts[0].text == "Stopped"
    assert sandbox.transcript(maria, timestamps=False) == (
        "Maria: /start abc\n"
        "Bot (rings): STEP 3 of 5\n"
        "    [STOP]\n"
        "Maria taps [STOP]\n"
        "Bot alerts: Stopped\n"
        "Bot edits: Stopped after 7 s"
    )


async def test_errors_become_the_librarys_own(maria: Person, bot: Bot) -> None:
    """A 403 is Forbidden and a 400 is BadRequest, with Telegram's words."""
    with pytest.raises(BadRequest, match="Message text is empty"):
        await bot.send_message(1001, " ")
    maria.block()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(1001, "hello")


async def test_files_travel_both_ways(maria: Person, bot: Bot) -> None:
    """A document from the bot is whole at the person's side, and the other way round."""
    sent = await bot.send_document(1001, b"a,b\n1,2\n", filename="export.csv", caption="Here")
    assert sent.document
    document = maria.last.document
    assert document
    assert (document.name, document.data) == ("export.csv", b"a,b\n1,2\n")
    maria.send_document("list.txt", b"step")
    (update,) = await bot.get_updates()
    assert update.message
    assert update.message.document
    file = await update.message.document.get_file()
    assert bytes(await file.download_as_bytearray()) == b"step"


async def test_an_application_polls_and_stops(
    sandbox: Sandbox, maria: Person, server: Server
) -> None:
    """The library's own polling loop receives, answers, and ends without a conflict."""

    async def echo(update: Update, _: object) -> None:
        if update.message:
            await update.message.reply_text(f"You said {update.message.text}")

    app = Application.builder().token(sandbox.token).base_url(server.base_url).build()
    app.add_handler(MessageHandler(filters.TEXT, echo))
    async with app:
        await app.start()
        assert app.updater
        await app.updater.start_polling()
        await sandbox.updates.until_polled()
        maria.say("3")
        await sandbox.log.wait_for("You said 3")
        await app.updater.stop()
        await app.stop()
    assert sandbox.refusals == []
    assert sandbox.updates.pending == []
