"""One example of every message of a session, its reminder, its red flags and its replies."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.coaching.messages import Relayed
from bot.coaching.relay.words import RELAY_SCREENS
from bot.conversation.message import Message
from bot.conversation.offer_messages import Reader
from bot.conversation.screen import Screen
from bot.protocol.red_flags.flags import RED_FLAGS
from bot.training.alerts.words import ALERT_SCREENS
from bot.training.messages import (
    Ask,
    Chart,
    ChartHold,
    Clip,
    CoachAlert,
    CoachAlerts,
    CoachTold,
    Ended,
    GetSet,
    Hold,
    Interrupted,
    Noted,
    RedFlagAdvice,
    Release,
    ReleaseAgain,
    Reminder,
    Rest,
    SetUp,
    Spot,
    StopAgain,
    Stopped,
)
from bot.training.messages import RedFlagQuestions as RedFlagScreen
from bot.training.red_flags.words import RED_FLAG_SCREENS
from bot.training.reminders.words import REMINDER_SCREENS
from bot.training.session.words import SESSION_SCREENS
from tests.chat import stored

ZONE = "Europe/Berlin"
NOW = datetime(2026, 11, 23, 6, 31, tzinfo=UTC)
"""Monday, 07:31 in Berlin."""
TONIGHT = NOW + timedelta(hours=11, minutes=29)
TOMORROW = NOW + timedelta(hours=23, minutes=59)
THIRD = Spot(3, 5, "left")
IN_SETS = Spot(1, 8, "right", 2, 3, 2)
CUES = ("stand tall, knee soft", "drive the hip, squeeze the glute", "no movement")

SET_UP = SetUp(
    session=7,
    exercise="standing hold, tubing at the hip",
    cues=CUES,
    side="left",
    holds=5,
    sets=1,
    hold_s=10,
    effort=5,
    limit=3,
    lead_in_s=10,
)
GET_SET = GetSet(7, Spot(1, 5, "left"), NOW + timedelta(seconds=10), ZONE)
HOLD = Hold(7, 2, THIRD, 10, ease=False, cues=CUES)
RELEASE = Release(7, 2, THIRD, 3)
CLIP = Clip(7, 2, THIRD, 3, 20, 5, 10, ease=False, switch=False, value=2)
REST = Rest(
    session=7,
    value=2,
    spot=THIRD,
    hold_at=NOW + timedelta(seconds=20),
    zone=ZONE,
    lead_in_s=5,
    ease=False,
    switch=False,
)
ASK = Ask(7, "after", "nudge", 3, 2, THIRD)
STOPPED = Stopped(
    session=7,
    outcome="stopped_pain",
    asks_reason=False,
    value=4,
    limit=3,
    has_coach=True,
    next_at=TOMORROW,
    zone=ZONE,
)
BY_ATHLETE = replace(STOPPED, outcome=None, asks_reason=True, value=None)
ENDED = Ended(
    session=7,
    outcome="lessening",
    done=5,
    planned=5,
    tension_s=50,
    first=3,
    last=1,
    before=2,
    limit=3,
    has_coach=True,
    next_at=TOMORROW,
    zone=ZONE,
)
CUT = replace(ENDED, outcome="partial", done=2, tension_s=20, last=2)
NONE_HELD = replace(ENDED, done=0, tension_s=0, first=None, last=None)
KIM = (Reader(2, "Kim"),)
INTERRUPTED = Interrupted(7, "restart", in_hold=True, spot=THIRD)
HELD = tuple(ChartHold(n, "left", 10, 10.0, pain, "done") for n, pain in enumerate((3, 2, 2, 1)))
CHART = Chart("Mon 23 Nov", HELD, 2, 3)
ALERT = CoachAlert(
    athlete="Anna",
    athlete_id=12,
    event="stopped_pain",
    value=5,
    limit=3,
    spot=THIRD,
    at=NOW,
    zone=ZONE,
    session=7,
)
_NOWHERE: dict[str, Any] = {"spot": None, "session": None}
REMINDER = Reminder(
    occurrence=31,
    name="Anna",
    holds=5,
    hold_s=10,
    sets=1,
    side="left",
    planned_at=NOW - timedelta(minutes=1),
    zone=ZONE,
    snoozes_left=3,
)

SESSION: dict[str, Message] = {
    "set_up": SET_UP,
    "set_up_sets_both_sides_limit_5": replace(SET_UP, side="both", sets=2, holds=8, limit=5),
    "set_up_limit_0": replace(SET_UP, limit=0),
    "set_up_band": replace(SET_UP, band=3, band_label="black, <thick>"),
    "get_set": GET_SET,
    "hold": HOLD,
    "hold_ease": replace(HOLD, ease=True),
    "hold_sets_no_cues": replace(HOLD, spot=IN_SETS, seconds=45, cues=()),
    "clip": CLIP,
    "clip_first": replace(CLIP, spot=Spot(1, 5, "left"), wait_s=10, lead_s=10, index=0, value=None),
    "clip_ease": replace(CLIP, ease=True),
    "clip_switch_sets": replace(CLIP, spot=IN_SETS, switch=True, wait_s=90, limit=0),
    "release": RELEASE,
    "release_again": ReleaseAgain(7),
    "stop_again": StopAgain(7),
    "release_sets_limit_0": replace(RELEASE, spot=IN_SETS, limit=0),
    "rest": REST,
    "rest_ease": replace(REST, ease=True),
    "rest_switch": replace(REST, switch=True, spot=Spot(1, 5, "right", sides=2)),
    "rest_almost_over": replace(REST, hold_at=NOW + timedelta(seconds=5)),
    "noted": Noted(2, 55),
    **{
        f"ask_{question}_{why}": Ask(7, question, why, 3, index, spot)
        for question, index, spot in (
            ("before", None, None),
            ("after", 2, THIRD),
            ("reason", None, None),
            ("stop_pain", None, None),
            ("choice", None, None),
        )
        for why in ("nudge", "restart", "undo", "reason", "again", "unclear", "noted")
        if (why != "reason" or question == "stop_pain")
        and (why != "undo" or question in {"before", "after"})
        and (why != "nudge" or question in {"before", "after", "stop_pain"})
    },
    "stopped_by_athlete": BY_ATHLETE,
    "stopped_by_athlete_second_slot_today": replace(BY_ATHLETE, next_at=TONIGHT),
    "stopped_pain": STOPPED,
    "stopped_pain_second_slot_today": replace(STOPPED, next_at=TONIGHT),
    "stopped_pain_no_coach_no_next": replace(STOPPED, has_coach=False, next_at=None),
    "stopped_rising": replace(STOPPED, outcome="rising", value=3),
    "stopped_rising_no_coach": replace(STOPPED, outcome="rising", value=3, has_coach=False),
    "stopped_hard": replace(STOPPED, outcome="stopped_hard", value=7),
    "stopped_hard_no_coach": replace(STOPPED, outcome="stopped_hard", value=7, has_coach=False),
    "stopped_pain_write_to_a_coach": replace(STOPPED, readers=KIM),
    "stopped_by_athlete_asks_first": replace(BY_ATHLETE, readers=KIM),
    "ended_stopped_early_write_to_two": replace(
        CUT, outcome="stopped_early", readers=(*KIM, Reader(3, "Lee (Lisbon, joined 3 Nov 2026)"))
    ),
    "ended_lessening_needs_nobody": replace(ENDED, readers=KIM),
    "ended_lessening": ENDED,
    "ended_lessening_low": replace(ENDED, first=0, last=1, next_at=TONIGHT),
    "ended_lessening_not_all": replace(ENDED, done=4, tension_s=40, next_at=None),
    "ended_level": replace(ENDED, outcome="level", first=2, last=2),
    "ended_level_up": replace(ENDED, outcome="level", first=2, last=3),
    "ended_partial": CUT,
    "ended_partial_one_answer": replace(CUT, first=None),
    "ended_partial_outage": replace(CUT, by_outage=True),
    "ended_partial_nothing_held": replace(NONE_HELD, outcome="partial", before=None),
    "ended_stopped_early": replace(CUT, outcome="stopped_early", done=1, tension_s=14, first=None),
    "ended_rested_on_pain": replace(NONE_HELD, outcome="rested_on_pain", before=5),
    "ended_rested_on_pain_no_coach": replace(
        NONE_HELD, outcome="rested_on_pain", before=5, has_coach=False
    ),
    "ended_stopped_pain": replace(CUT, outcome="stopped_pain", value=5),
    "ended_stopped_pain_of_0_1_0": replace(CUT, outcome="stopped_pain"),
    "ended_stopped_hard": replace(CUT, outcome="stopped_hard", value=7),
    "ended_stopped_hard_no_coach": replace(CUT, outcome="stopped_hard", value=7, has_coach=False),
    "ended_rising": replace(CUT, outcome="rising", first=1, last=3),
    "ended_red_flag": replace(CUT, outcome="red_flag"),
    "ended_red_flag_no_coach": replace(CUT, outcome="red_flag", has_coach=False),
    "chart": CHART,
    "chart_many": replace(CHART, holds=HELD * 8),
    "chart_own_caption": replace(CHART, caption="Anna & the holds"),
    **{
        f"interrupted_{cut}{'_in_hold' if in_hold else ''}": replace(
            INTERRUPTED, cut=cut, in_hold=in_hold
        )
        for cut in ("restart", "late", "sound", "pause")
        for in_hold in (True, False)
    },
    **{
        f"interrupted_{why}{'_in_hold' if in_hold else ''}": replace(
            INTERRUPTED, cut="pause", in_hold=in_hold, why=why
        )
        for why in ("words", "pain", "signs")
        for in_hold in (True, False)
    },
}

RED_FLAG: dict[str, Message] = {
    "screen": RedFlagScreen("new", 12),
    "screen_after_pain": RedFlagScreen("pain", 12),
    "screen_after_words": RedFlagScreen("words", 12),
    "screen_still_open": RedFlagScreen("screening", 12),
    "screen_after_days_away": RedFlagScreen("away", 12),
    **{f"advice_{flag}": RedFlagAdvice(flag, has_coach=True) for flag in RED_FLAGS},
    "advice_write_to_a_coach": RedFlagAdvice("tear", has_coach=True, readers=KIM),
    "advice_no_coach": RedFlagAdvice("tear", has_coach=False),
    "advice_unknown_flag": RedFlagAdvice("gone", has_coach=True),
    "coach_alert_stopped_pain": ALERT,
    "coach_alert_stopped_hard": replace(ALERT, event="stopped_hard", value=8, locked=True),
    "coach_alert_rising": replace(ALERT, event="rising", value=3, spot=IN_SETS),
    "coach_alert_red_flag": replace(ALERT, event="red_flag", value=None, spot=None, locked=True),
    "coach_alert_rested_on_pain": replace(ALERT, event="rested_on_pain", spot=None),
    "coach_alert_yesterday": replace(ALERT, at=NOW - timedelta(hours=20)),
    "coach_alert_other": replace(ALERT, event="no_answer", value=None, spot=None),
    "coach_alert_two_clocks": replace(ALERT, coach_zone="America/New_York"),
    "coach_alert_which_flag": replace(
        ALERT, event="red_flag", value=None, spot=None, locked=True, reason="bone"
    ),
    "coach_alert_unreachable": replace(ALERT, event="unreachable", value=None, **_NOWHERE),
    "coach_alert_missed": replace(ALERT, event="missed", value=None, missed=3, **_NOWHERE),
    "coach_alert_missed_why": replace(
        ALERT, event="missed", value=None, missed=3, reason="time", **_NOWHERE
    ),
    "coach_alert_missed_pain": replace(
        ALERT, event="missed_pain", value=None, missed=2, reason="pain", **_NOWHERE
    ),
    "coach_alerts": CoachAlerts(
        (
            ALERT,
            replace(ALERT, athlete="Bo <b>", athlete_id=13, event="stopped_hard", locked=True),
            replace(ALERT, athlete_id=12, event="missed", missed=3, spot=None),
        )
    ),
    "coach_alert_namesake": replace(ALERT, apart="Berlin"),
    "coach_alerts_namesakes": CoachAlerts(
        (replace(ALERT, apart="Berlin"), replace(ALERT, athlete_id=13, apart="Lisbon"))
    ),
    "coach_told": CoachTold("Kim"),
    "coach_told_late": CoachTold("Kim", NOW - timedelta(hours=9), ZONE),
    "relayed_to_athlete": Relayed(12, 2, "Kim", "How was <the> hill?\nNo rush.", to_athlete=True),
    "relayed_to_coach": Relayed(12, 2, "Anna", "Fine & dry", to_athlete=False),
}

REMINDERS: dict[str, Message] = {
    "reminder": REMINDER,
    "reminder_again": replace(REMINDER, again=True),
    "reminder_late": replace(REMINDER, late=True, planned_at=NOW - timedelta(minutes=50)),
    "reminder_no_snooze_left": replace(REMINDER, snoozes_left=0),
    "reminder_both_sides": replace(REMINDER, side="both", sets=2),
    "reminder_with_how": replace(REMINDER, exercise="H5"),
    "reminder_with_a_band": replace(REMINDER, exercise="H1"),
    "reminder_of_two": replace(REMINDER, snoozes=(15, 60), of_two=True),
    "reminder_with_a_short_snooze": replace(REMINDER, snoozes=(15,)),
}

_NEXT = {"next_at": TOMORROW.isoformat(), "zone": ZONE}
_NO_NEXT = {"next_at": None, "zone": ZONE}
SAY: dict[str, tuple[str, dict[str, Any]]] = {
    "started": ("started", {}),
    "barred_running": ("barred", {"why": "running", "reason": None, **_NO_NEXT}),
    "barred_locked": ("barred", {"why": "locked", "reason": "red_flag", **_NO_NEXT}),
    "barred_locked_hard": ("barred", {"why": "locked", "reason": "stopped_hard", **_NO_NEXT}),
    "barred_locked_other": ("barred", {"why": "locked", "reason": "admin", **_NO_NEXT}),
    "barred_paused": ("barred", {"why": "paused", "reason": None, **_NO_NEXT}),
    "barred_paused_until": ("barred", {"why": "paused", "reason": None, **_NEXT}),
    "barred_done": ("barred", {"why": "done", "reason": None, **_NEXT}),
    "barred_done_no_next": ("barred", {"why": "done", "reason": None, **_NO_NEXT}),
    "barred_resting": ("barred", {"why": "resting", "reason": "rising", **_NEXT}),
    "barred_resting_second_slot_today": (
        "barred",
        {"why": "resting", "reason": "stopped_pain", "next_at": TONIGHT.isoformat(), "zone": ZONE},
    ),
    "barred_resting_stopped_early": (
        "barred",
        {"why": "resting", "reason": "stopped_early", **_NEXT},
    ),
    "barred_too_soon": (
        "barred",
        {"why": "gap", "next_at": TONIGHT.isoformat(), "until": TONIGHT.isoformat(), "zone": ZONE},
    ),
    "barred_leaving": ("barred", {"why": "leaving", "reason": None, **_NO_NEXT}),
    "barred_gone": ("barred", {"why": "gone", "reason": None, **_NO_NEXT}),
    "running": ("running", {}),
    "session_is_newer": ("session_is_newer", {}),
    "noted": ("noted", {"value": 2}),
    "known": ("known", {}),
    "number_without_question": ("number_without_question", {"value": 4}),
    "unknown_command": ("unknown_command", {"name": "frobnicate"}),
    "not_saved": ("not_saved", {}),
    "too_fast": ("too_fast", {}),
    "lower": ("lower", {}),
    "not_asked": ("not_asked", {"value": 5}),
    "too_early": ("too_early", {}),
    "late_noted": ("late_noted", {}),
    "edit_not_taken": ("edit_not_taken", {}),
    "unknown_text": ("unknown_text", {}),
    "sent_already": ("sent_already", {}),
    "stopped": ("stopped", {}),
    "nothing_to_stop": ("nothing_to_stop", {}),
    "nothing_to_undo": ("nothing_to_undo", {}),
    "stays_stopped": ("stays_stopped", {}),
    "note_undone": ("note_undone", {"value": 3}),
    "inactive": ("inactive", {}),
    "in_line": ("in_line", {"at": (NOW + timedelta(seconds=150)).isoformat(), "zone": ZONE}),
    "in_line_longer": (
        "in_line",
        {"at": (NOW + timedelta(seconds=40)).isoformat(), "zone": ZONE, "again": True},
    ),
    "line_left": ("line_left", {}),
    "line_over": ("line_over", {"at": NOW.isoformat(), "zone": ZONE, "again": True}),
    "snoozed": (
        "snoozed",
        {"until": (NOW + timedelta(minutes=15)).isoformat(), "zone": ZONE, "occurrence": 31},
    ),
    "snoozed_no_room": ("snoozed", {"until": None, "zone": ZONE, "occurrence": 31}),
    "snoozed_too_long": (
        "snoozed",
        {"until": None, "zone": ZONE, "occurrence": 31, "snoozes": [15], "at": NOW.isoformat()},
    ),
    "skipped_of_two": ("skipped", {"occurrence": 31, "zone": ZONE, "at": NOW.isoformat()}),
    "skipped": ("skipped", {"occurrence": 31}),
    "skipped_earlier": ("skipped", {"occurrence": 31, "earlier": "2026-11-22", "zone": ZONE}),
    "late_start": ("late_start", {"occurrence": None}),
    "late_start_of_today": ("late_start", {"occurrence": 31}),
    "late_start_bandless": ("late_start", {"occurrence": 31, "bandless": True}),
    "late_start_of_two": ("late_start", {"occurrence": 31, "at": NOW.isoformat(), "zone": ZONE}),
    "late_snooze": ("late_snooze", {"occurrence": 31}),
    "late_skip": ("late_skip", {"occurrence": None}),
    "late_undo": ("late_undo", {}),
    "skip_noted": ("skip_noted", {"occurrence": 31, "reason": "time"}),
    "skip_noted_pain": ("skip_noted", {"occurrence": 31, "reason": "pain"}),
    "skip_noted_band": ("skip_noted", {"occurrence": 31, "reason": "band"}),
    "unskipped": ("unskipped", {}),
    "unskipped_with_start": ("unskipped", {"occurrence": 31}),
}

TABLES = {
    **SESSION_SCREENS,
    **RED_FLAG_SCREENS,
    **ALERT_SCREENS,
    **RELAY_SCREENS,
    **REMINDER_SCREENS,
}
INTENTS = {
    **{f"session/{name}": intent for name, intent in SESSION.items()},
    **{f"red_flag/{name}": intent for name, intent in RED_FLAG.items()},
    **{f"reminder/{name}": intent for name, intent in REMINDERS.items()},
}


SOUNDS: dict[str, tuple[str, dict[str, Any]]] = {
    "tone": ("tone", {"by_sound": False}),
    "tone_by_sound": ("tone", {"by_sound": True}),
    "tried": ("sound_tried", {"used": False}),
    "tried_by_sound": ("sound_tried", {"used": True}),
}
"""What is said about sounds beside a session."""


def show(intent: Message) -> Screen:
    """Return how an intent looks at `NOW`."""
    return TABLES[type(intent)](intent, NOW)


def screens() -> Iterator[tuple[str, Screen]]:
    """Yield every example by name, as it looks at `NOW`."""
    for name, intent in INTENTS.items():
        yield name, show(intent)
    for folder, examples in (("say", SAY), ("sound", SOUNDS)):
        for name, (topic, values) in examples.items():
            yield f"{folder}/{name}", stored.screen(topic, values, NOW)
