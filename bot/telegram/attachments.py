"""Letters that bring a picture or a document: drawn at the moment of sending, beside the bot."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import structlog
from telegram import InputFile, InputMediaPhoto

from bot.charts.chart_data import HoldBar, SessionChart
from bot.charts.worker import ChartError
from bot.coaching import messages as coaching_messages
from bot.coaching.exports.captions import (
    PERHAPS_AGAIN,
    album_caption,
    chart_caption,
    file_caption,
    not_drawn,
    not_printed,
    page_caption,
    week_caption,
    week_not_printed,
)
from bot.coaching.exports.documents import Enclosure, enclosure
from bot.coaching.weekly import files as week_files
from bot.protocol.names import in_file_name
from bot.protocol.report.period import PeriodChart, ReportPage
from bot.protocol.report.week_sheet import WeekSheet
from bot.telegram.ports import EdgeFlows, Pictures
from bot.training import messages as training_messages
from bot.training.session.ending_words import chart as look_of_session

log = structlog.get_logger()

Call = tuple[str, dict[str, Any]]
Enclosed = (
    training_messages.Chart
    | coaching_messages.Album
    | coaching_messages.File
    | coaching_messages.WeekFile
)
"""What brings a picture or a document."""
Drawn = list[tuple[PeriodChart, bytes]]
_SILENT_HTML: Final = {"parse_mode": "HTML", "disable_notification": True}


class Enclosures:
    """Makes the calls that send pictures and documents; they are silent and never rewritten."""

    def __init__(self, desk: EdgeFlows, pictures: Pictures) -> None:
        self._desk = desk
        self._pictures = pictures

    async def call(
        self,
        chat_id: int,
        intent: Enclosed,
        now: datetime,
    ) -> Call | None:
        """Return the call that sends it, or None when there is nothing to send."""
        match intent:
            case training_messages.Chart():
                return await self._session(chat_id, intent, look_of_session(intent, now).text)
            case coaching_messages.Album():
                return await self._album(chat_id, intent)
            case coaching_messages.File():
                return await self._document(chat_id, intent, now)
            case coaching_messages.WeekFile():
                return await self._week(chat_id, intent, now)

    async def _session(
        self, chat_id: int, intent: training_messages.Chart, caption: str
    ) -> Call | None:
        """Return a session's chart; None when it cannot be drawn: the words came before."""
        holds = tuple(
            HoldBar(hold.number, hold.side, hold.planned_s, hold.actual_s, hold.pain, hold.status)
            for hold in intent.holds
        )
        data = SessionChart(intent.title, holds, intent.before, intent.limit)
        picture = await self._draw(data)
        if picture is None:
            return None
        return _photo(chat_id, picture, "session.png", caption)

    async def _album(self, chat_id: int, intent: coaching_messages.Album) -> Call:
        """Return one chart as a photo, several as an album; in words which cannot be drawn."""
        pictures = {chart: await self._draw(chart) for chart in intent.charts}
        drawn: Drawn = [
            (chart, picture) for chart, picture in pictures.items() if picture is not None
        ]
        missing = [chart for chart, picture in pictures.items() if picture is None]
        match drawn:
            case []:
                return _message(chat_id, not_drawn(missing))
            case [(chart, picture)]:
                again = [PERHAPS_AGAIN] if intent.perhaps_again else []
                words = [chart_caption(chart), *([not_drawn(missing)] if missing else []), *again]
                return _photo(chat_id, picture, "days.png", "\n".join(words))
            case _:
                return _album(chat_id, drawn, missing)

    async def _document(
        self, chat_id: int, intent: coaching_messages.File, now: datetime
    ) -> Call | None:
        """Return a document, or in words that its page cannot be printed; None for nothing."""
        made: Enclosure | None = await self._desk.read(enclosure, chat_id, intent, now)
        if made is None:
            return None
        page = made.document
        if not isinstance(page, ReportPage):
            return _document(chat_id, *page, file_caption(made.what, made.whose))
        try:
            content = await self._pictures.print_page(page)
        except ChartError:
            log.warning("page_failed")
            return _message(chat_id, not_printed(page))
        name = f"{intent.name}-{in_file_name(page.title, page.chart.athlete_id)}.pdf"
        return _document(chat_id, name, content, page_caption(page))

    async def _week(
        self, chat_id: int, intent: coaching_messages.WeekFile, now: datetime
    ) -> Call | None:
        """Return the file about all athletes, or in words that it cannot be printed."""
        made: tuple[str, bytes] | WeekSheet | None = await self._desk.read(
            week_files.week_document, chat_id, intent, now
        )
        title = week_files.title_of(intent)
        if made is None:
            return None
        if not isinstance(made, WeekSheet):
            name, content = made
            return _document(chat_id, name, content, week_caption(intent.form, title))
        try:
            content = await self._pictures.print_page(made)
        except ChartError:
            log.warning("page_failed")
            return _message(chat_id, week_not_printed(title))
        pdf = f"{week_files.name_of(intent)}.pdf"
        return _document(chat_id, pdf, content, week_caption(intent.form, title))

    async def _draw(self, data: SessionChart | PeriodChart) -> bytes | None:
        try:
            return await self._pictures.draw(data)
        except ChartError:
            log.warning("chart_failed")
            return None


def _message(chat_id: int, text: str) -> Call:
    return "send_message", {"chat_id": chat_id, "text": text, **_SILENT_HTML}


def _photo(chat_id: int, picture: bytes, name: str, caption: str) -> Call:
    photo = InputFile(picture, name)
    return "send_photo", {"chat_id": chat_id, "photo": photo, "caption": caption, **_SILENT_HTML}


def _album(chat_id: int, drawn: Drawn, missing: Sequence[PeriodChart]) -> Call:
    """Return an album; Telegram shows a caption below it only where the first alone has one."""
    words = album_caption([chart for chart, _ in drawn], missing)
    media = [
        InputMediaPhoto(
            picture,
            caption=None if number else words,
            parse_mode=None if number else "HTML",
            filename=f"days-{number + 1}.png",
        )
        for number, (_, picture) in enumerate(drawn)
    ]
    return "send_media_group", {"chat_id": chat_id, "media": media, "disable_notification": True}


def _document(chat_id: int, name: str, content: bytes, caption: str) -> Call:
    return "send_document", {
        "chat_id": chat_id,
        "document": InputFile(content, name),
        "caption": caption,
        **_SILENT_HTML,
    }
