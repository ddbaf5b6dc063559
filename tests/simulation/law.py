"""When no HOLD may come (PROTOCOL 3), from outside: what was said, what was shown, what is stored.

Nothing here asks the session machine. Each rule is one small function that yields what is wrong.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from tests.simulation import acts
from tests.simulation.acts import Act
from tests.simulation.ledger import Ledger, moment

BEFORE: Final = -1
RISE: Final = 2
"""+2 over the first hold of the set acts; +1 warns from 2 on, and twice running acts."""
_UNKNOWN: Final = timedelta(seconds=15)
_OLD: Final = timedelta(minutes=1)
_ASKED_FOR: Final = timedelta(days=1.5)
"""So long a morning is asked about."""
AGAINST: Final = frozenset({acts.STOP, acts.PAIN, acts.FLAG, acts.SIGN})


@dataclass(frozen=True, slots=True)
class Shown:
    """A message with buttons as it came into a chat; `data` is what the buttons say, split."""

    message: int
    at: datetime
    data: tuple[tuple[str, ...], ...]

    def asks(self, verb: str, session: int | None = None) -> bool:
        """Whether it has such a button, of this session if one is given."""
        return any(
            one[0] == verb and (session is None or one[1:2] == (str(session),)) for one in self.data
        )

    def about(self, session: int) -> int | None:
        """Return the hold whose pain it asks for, if it does."""
        found = (int(one[2]) for one in self.data if one[:2] == ("p", str(session)))
        return next(found, None)


@dataclass(frozen=True, slots=True)
class Word:
    """A message that begins with HOLD, RELEASE or STOP, and the second at which it came."""

    message: int
    word: str
    session: int | None
    at: float


@dataclass(slots=True)
class Chat:
    """What was said and shown in one chat, oldest first."""

    acts: list[Act] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    opened: dict[int, float] = field(default_factory=dict)
    """The second at which a session's first message came."""
    cues: list[Word] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Cue:
    """A HOLD that is about to leave; `handed` is when the bot says it does."""

    session: int
    handed: datetime
    ticks: float


@dataclass(frozen=True, slots=True)
class Case:
    """One HOLD and all that bears on it."""

    ledger: Ledger
    chat_id: int
    chat: Chat
    cue: Cue

    def handled(self, act: Act) -> datetime | None:
        """Return when an act was handled, if that was not after the HOLD was handed over."""
        row = self.ledger.update(act.update)
        if row is None or row["handled_at"] is None:
            return None
        at = moment(row["handled_at"])
        return at if at <= self.cue.handed else None

    def known(self, kinds: frozenset[str]) -> Iterator[tuple[Act, datetime]]:
        """Yield what was said of these kinds since the session began, and was handled."""
        opened = self.chat.opened.get(self.cue.session, self.cue.ticks)
        for act in self.chat.acts:
            if act.kind not in kinds or act.session not in {None, self.cue.session}:
                continue
            if act.session is None and act.at < opened:
                continue
            at = self.handled(act)
            if at is not None:
                yield act, at

    def asked(self, shown: Shown) -> tuple[str, datetime]:
        """Return the kind of letter that a message was, and when it was decided on."""
        row = self.ledger.one(
            "SELECT kind, due FROM outbox WHERE chat_id = ? AND message_id = ? AND edits IS NULL "
            "ORDER BY id",
            self.chat_id,
            shown.message,
        )
        if row is None:  # the bot never heard that it arrived: it was decided on a little before
            return "", shown.at - _UNKNOWN
        return row["kind"], moment(row["due"])


def nothing_forbids(case: Case) -> Iterator[str]:
    """No HOLD after STOP, pain over the limit, a sign or a red flag was handled."""
    row = case.ledger.one(
        "SELECT pain_limit FROM session JOIN plan ON plan.id = plan_id WHERE session.id = ?",
        case.cue.session,
    )
    assert row is not None
    limit = int(row["pain_limit"])
    since = [at for _act, at in case.known(frozenset({acts.GO, acts.CLEAR}))]
    for act, at in case.known(AGAINST):
        if act.kind == acts.PAIN and act.value <= limit:
            continue
        if (act.edited and not _corrects(case, act)) or _says_nothing_new(case, act, at):
            continue
        broken_off = not act.plain or act.kind == acts.SIGN
        if broken_off and any(later >= at for later in since):
            continue  # asked, and answered since
        what = f"pain {act.value}" if act.kind == acts.PAIN else act.kind
        yield f"after {what} (update {act.update})"


def _says_nothing_new(case: Case, act: Act, at: datetime) -> bool:
    """Whether a morning was answered that is not asked about any more, or as it was before."""
    if act.morning is None:
        return False
    asked = case.ledger.one("SELECT asked_at FROM morning WHERE id = ?", act.morning)
    if asked is None or at - moment(asked["asked_at"]) >= _ASKED_FOR:
        return True
    before = [one.value for one in case.chat.acts if one.morning == act.morning and one.at < act.at]
    return before[-1:] == [act.value]


def _corrects(case: Case, act: Act) -> bool:
    """Whether an edited message was an answer of this session before."""
    first = (one for one, _at in case.known(frozenset({acts.PAIN})) if not one.edited)
    return any(one.message == act.message and one.session is None for one in first)


def every_question_is_answered(case: Case) -> Iterator[str]:
    """No HOLD while a pain question is open: asked again, it wants an answer since."""
    for about, asked in _last_asked(case).items():
        if not any(at >= asked for at in _answers(case, about)):
            yield f"with no answer to the question about {about}"


@dataclass(frozen=True, slots=True)
class _Question:
    """A pain question of the session: decided on `asked` or a little later, seen `since` then."""

    asked: datetime
    about: int
    message: int
    since: datetime
    clip: bool


def _questions(case: Case) -> list[_Question]:
    """Return the pain questions of the session; of one of unknown fate the bot knows nothing."""
    found = []
    for shown in case.chat.shown:
        about = shown.about(case.cue.session)
        if about is not None:
            kind, asked = case.asked(shown)
            since = asked if kind else shown.at
            found.append(_Question(asked, about, shown.message, since, kind == "Clip"))
    return found


def _last_asked(case: Case) -> dict[int, datetime]:
    last: dict[int, datetime] = {}
    for one in _questions(case):
        if one.clip and not _was_done(case, one.about):
            continue  # its hold was cut, or never began
        last[one.about] = max(one.asked, last.get(one.about, one.asked))
    return last


def _was_done(case: Case, index: int) -> bool:
    query = "SELECT 1 FROM hold WHERE session_id = ? AND idx = ? AND status = 'done'"
    return case.ledger.one(query, case.cue.session, index) is not None


def _answers(case: Case, about: int) -> Iterator[datetime]:
    """Yield when answers about a hold were handled; an edited text answers what it did before."""
    questions = _questions(case)
    mine = {one.message for one in questions if one.about == about}
    typed: set[int] = set()
    for act, at in case.known(frozenset({acts.PAIN})):
        if act.about is not None:
            if act.about == about and act.session == case.cue.session:
                yield at
        elif act.edited:
            if act.message in typed:
                yield at
        elif act.reply in mine or (act.reply is None and _open_at(questions, at) == about):
            typed.add(act.message)
            yield at


def _open_at(questions: list[_Question], at: datetime) -> int | None:
    """Return what was asked last before `at`; a clip asks after the answer that led to it."""
    before = [
        (one.since, one.message, one.about)
        for one in questions
        if one.since < at or (one.since == at and not one.clip)
    ]
    return max(before)[2] if before else None


def no_screen_is_open(case: Case) -> Iterator[str]:
    """No HOLD while the red-flag questions are unanswered."""
    asked = [case.asked(one)[1] for one in case.chat.shown if one.asks("F")]
    if not asked:
        return
    newest = max(asked)
    answered = (
        at
        for act in case.chat.acts
        if act.kind in {acts.CLEAR, acts.FLAG} and (at := case.handled(act)) is not None
    )
    if not any(at >= newest for at in answered):
        yield "with red-flag questions open"


def no_break_is_open(case: Case) -> Iterator[str]:
    """No HOLD after a break that nobody ended: by its own button, or by /resume."""
    breaks = [
        (asked, one.message)
        for one in case.chat.shown
        if one.asks("g", case.cue.session)
        for kind, asked in (case.asked(one),)
        if kind == "Interrupted"
    ]
    if not breaks:
        return
    since, message = max(breaks)
    for act, at in case.known(frozenset({acts.GO})):
        if at >= since and (act.session is None or act.message >= message):
            return
    yield "in a break"


def nothing_old_leads_on(case: Case) -> Iterator[str]:
    """No HOLD follows from an answer or a press that lay about for a minute."""
    leading = [(at, act) for act, at in case.known(frozenset({acts.PAIN, acts.GO, acts.CLEAR}))]
    if leading:
        at, act = max(leading, key=lambda one: (one[0], one[1].update))
        if at - act.said > _OLD:
            yield f"although {act.text!r} was said {at - act.said} before it was read"


def pain_is_not_rising(case: Case) -> Iterator[str]:
    """No HOLD after pain 2 over the first hold of the set, or 1 over it twice running."""
    for number, values in _sets(case).items():
        rose = False
        for value in values[1:]:
            up = value - values[0]
            again = up == 1 and value >= RISE
            if up >= RISE or (again and rose):
                yield f"although pain rises: {values} in set {number}"
            rose = again


def _sets(case: Case) -> dict[tuple[str, int], list[int]]:
    """Return the answers that count, in the order of holds, by side and set."""
    query = (
        "SELECT hold.side, hold.set_no, rating.value FROM hold JOIN rating "
        "ON rating.session_id = hold.session_id AND rating.hold_idx = hold.idx "
        "AND rating.moment = 'hold' AND NOT rating.undone "
        "WHERE hold.session_id = ? AND rating.id = (SELECT max(newer.id) FROM rating AS newer "
        "WHERE newer.session_id = hold.session_id AND newer.hold_idx = hold.idx "
        "AND newer.moment = 'hold' AND NOT newer.undone) ORDER BY hold.idx"
    )
    found: dict[tuple[str, int], list[int]] = {}
    for row in case.ledger.rows(query, case.cue.session):
        found.setdefault((row["side"], row["set_no"]), []).append(int(row["value"]))
    return found


Rule = Callable[[Case], Iterator[str]]
ALWAYS: Final[tuple[Rule, ...]] = (nothing_forbids, pain_is_not_rising)
IN_ORDER: Final[tuple[Rule, ...]] = (
    every_question_is_answered,
    no_screen_is_open,
    no_break_is_open,
    nothing_old_leads_on,
)
"""Rules that go by what came first: they cannot tell while the wall clock is stepped."""


def buttons(params: Any) -> tuple[tuple[str, ...], ...]:
    """Return the data of a message's buttons, split, without its version."""
    markup = params.get("reply_markup") or {}
    if isinstance(markup, str):
        markup = json.loads(markup)
    rows = markup.get("inline_keyboard") or []
    found = (button.get("callback_data") for row in rows for button in row)
    return tuple(tuple(one.split(":")[1:]) for one in found if one)
