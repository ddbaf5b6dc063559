"""Words of the installation: its state, backups, and the staff's own zone."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from bot.conversation import widgets
from bot.conversation.screen import Button, Screen, Words, data, esc
from bot.operations.messages import (
    EVENT,
    BackupBegun,
    BackupDone,
    BackupElsewhere,
    BackupFailed,
    LetterLost,
    StaffZone,
    StaffZoneByClock,
    StaffZoneByPlace,
    StaffZoneCheck,
    StaffZoneKept,
    StaffZoneSet,
    WhyLost,
)
from bot.operations.values import (
    NEWEST,
    Athletes,
    BarredAthletes,
    InstallationState,
    LivingNodes,
    NewestBackup,
    Wrong,
)
from bot.protocol.calendar.local_time import local, say_time, utc_offset_label

WORDS: Final = Words()
_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)

# ---- status ---------------------------------------------------------------------------

_TO_DO: Final[dict[Wrong, str]] = {
    Wrong.UNHEARD: "Nobody who can act was reached about {unheard}. See /athletes.",
    Wrong.LOCKED: "Locked until somebody unlocks them: {locked}. See /unlock.",
    Wrong.STUCK: "Some messages should have gone by now. Telegram may be unreachable: see the log.",
    Wrong.SLOW: "Cues come late. The machine or its network is too slow.",
    Wrong.UPDATES: "Some of what people sent could not be handled; they were told. See the log.",
    Wrong.FAULTS: "Something went wrong inside. The log says what.",
    Wrong.BACKUP_FAILED: "{failed} Fix that, then send /backup.",
    Wrong.BACKUP_OLD: "There is no backup from the last day. Send /backup.",
}
_FAULTS: Final = {
    "job_missed": "job missed",
    "job_failed": "job failed",
    "job_still_running": "job still running",
    "due_row_failed": "due row failed",
    "acting_failed": "acting on what is due failed",
    EVENT: "message lost for good",
}


def status_screen(found: InstallationState, zone: str, now: datetime) -> Screen:
    """Return the state of the installation; what is wrong stands first, with what to do."""
    at = f"{local(now, zone):%H:%M:%S} ({esc(zone)})"
    parts = [f"<b>Status</b> at {at}", _wrong(found, now), *_facts(found, now)]
    buttons = (
        Button("Refresh", data("c", "status", "")),
        Button("Backup", data("c", "backup", "")),
    )
    return Screen(text="\n\n".join(parts), rows=(buttons,))


def _wrong(found: InstallationState, now: datetime) -> str:
    said = {
        "failed": esc(found.backup.failed),
        "locked": _who(found.locked),
        "unheard": _who(found.unheard),
    }
    todo = [_TO_DO[one].format(**said) for one in found.wrong(now)]
    if not todo:
        return "All is well. Nothing needs you."
    return "\n".join([f"<b>Needs you: {len(todo)}</b>", *(f"❗ {line}" for line in todo)])


def _who(found: BarredAthletes) -> str:
    """Return "Runa, Bo and 3 more"."""
    more = found.count - len(found.names)
    rest = f" and {more:,} more" if more else ""
    return f"{', '.join(esc(name[:40]) for name in found.names)}{rest}"


def _facts(found: InstallationState, now: datetime) -> Iterator[str]:
    yield _part(
        "People",
        f"Athletes: {_athletes(found.athletes)}",
        f"Sessions now: {found.live}, due within an hour: {found.due_soon}",
    )
    long = found.oldest is not None and now - found.oldest >= _MINUTE
    waits = f", the oldest for {_span(found.oldest, now)}" if long else ""
    yield _part(
        "Messages",
        f"Waiting: {found.waiting:,}{waits}",
        *_cues(found),
        f"Not delivered in 24 h: {found.lost:,}",
        *([f"Slowed down by Telegram (429) in 24 h: {found.refused:,}"] if found.refused else []),
        f"Last heard from Telegram: {_ago(found.last_update, now)}",
        *([f"Not handled in 24 h: {found.updates_failed:,}"] if found.updates_failed else []),
    )
    yield _part(
        "System",
        f"Backup: {_backup(found.backup, now)}",
        f"Database: {say_size(found.size)}",
        f"Faults in 24 h: {_faults(found.faults)}",
        f"Version {esc(found.version or 'unknown')}, {_uptime(found.started, now)}",
        *_nodes(found.nodes, now),
    )


def _part(title: str, *lines: str) -> str:
    return "\n".join([f"<b>{title}</b>", *lines])


def _athletes(found: Athletes) -> str:
    counts = {
        "active": found.active,
        "paused": found.paused,
        "locked": found.locked,
        "unreachable": found.unreachable,
        "leaving": found.leaving,
    }
    told = [f"{count:,} {what}" for what, count in counts.items() if count]
    if len(told) < 2:  # noqa: PLR2004 - one kind needs no sum
        return told[0] if told else "none"
    return f"{sum(counts.values()):,} ({', '.join(told)})"


def _cues(found: InstallationState) -> tuple[str, ...]:
    if found.cues is None:
        return ("Cues in 24 h: none",)
    late, most = found.cues, "newest " if found.cues.count == NEWEST else ""
    return (
        f"Cues late: {late.p50:.2f} s, 1 in 100 over {late.p99:.2f} s",
        f"Cues in 24 h: {most}{late.count:,}",
    )


def _backup(found: NewestBackup, now: datetime) -> str:
    if found.elsewhere:
        return "made by the database's own server"
    by_night = "" if found.nightly else "; no nightly backups"
    if found.at is None:
        return f"none yet{by_night}"
    return f"{_ago(found.at, now)}, {say_size(found.size)}{by_night}"


def _faults(found: dict[str, int]) -> str:
    told = [f"{count} × {_FAULTS.get(name) or esc(name)}" for name, count in found.items()]
    return ", ".join(told) or "none"


def _nodes(found: LivingNodes | None, now: datetime) -> tuple[str, ...]:
    if found is None:
        return ()
    names = ", ".join(esc(name) for name in found.standbys) or "none"
    return (
        f"Running on {esc(found.leader)} for {_span(found.since, now)}",
        f"Ready to take over: {names}",
    )


def _uptime(started: datetime | None, now: datetime) -> str:
    return "not started" if started is None else f"up for {_span(started, now)}"


def _ago(moment: datetime | None, now: datetime) -> str:
    if moment is None:
        return "none yet"
    return "just now" if now - moment < _MINUTE else f"{_span(moment, now)} ago"


def _span(start: datetime | None, now: datetime) -> str:
    """Return the time since `start` in its two largest units: "3 d 4 h", "5 h 10 min", "7 min"."""
    span = now - (start or now)
    days, hours, minutes = span // _DAY, span % _DAY // _HOUR, span % _HOUR // _MINUTE
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def say_size(count: int) -> str:
    """Return bytes as "12.3 MB"."""
    kilo = count / 1000
    if kilo < 1000:  # noqa: PLR2004
        return f"{kilo:.0f} kB"
    return f"{kilo / 1000:.1f} MB" if kilo < 1_000_000 else f"{kilo / 1_000_000:.2f} GB"  # noqa: PLR2004


# ---- backups --------------------------------------------------------------------------


WORDS.plain(BackupBegun, "Making a backup …")
WORDS.plain(
    BackupElsewhere,
    "The data is kept on a server of its own. Whoever runs that server makes its backups.",
)


@WORDS.of(BackupDone)
def _backup_done(said: BackupDone, _now: datetime) -> Screen:
    return Screen(
        text=(
            f"Backup done: {say_size(said.size)} in {said.seconds:.1f} s, checked.\n"
            f"{esc(said.name)}"
        )
    )


@WORDS.of(BackupFailed)
def _backup_failed(said: BackupFailed, _now: datetime) -> Screen:
    return Screen(text=f"❗ {esc(said.reason)}\nFix that, then send /backup.", rings=True)


# ---- letters that are lost ------------------------------------------------------------

_MISSED: Final = {
    "Stopped": "a STOP",
    "StopAgain": "a STOP",
    "Release": "a RELEASE",
    "ReleaseAgain": "a RELEASE",
    "Hold": "a HOLD",
    "Clip": "a hold as sound",
    "Reminder": "a reminder",
    "CoachAlert": "an alert to a coach",
    "CoachAlerts": "alerts to a coach",
    "Summary": "a weekly summary",
    "Chart": "the picture of a session",
    "Album": "the picture of an athlete's days",
    "File": "a file about an athlete",
    "Screen": "the warning-sign questions",
    "RedFlagAdvice": "what to do about a warning sign",
}
_LOST_WHY: Final = {
    WhyLost.REFUSED: "Telegram refused it in every form.",
    WhyLost.UNREADABLE: "This version cannot read it.",
    WhyLost.BROKEN: "It could not be written.",
}


@WORDS.of(LetterLost)
def _letter_lost(said: LetterLost, _now: datetime) -> Screen:
    what = _MISSED.get(said.kind, f"a message ({esc(said.kind[:40])})")
    text = (
        f"❗ Lost for good: {what}. {_LOST_WHY[said.why]}\n"
        "The log names it; /status counts what is lost."
    )
    return Screen(text=text, rings=True)


# ---- the staff's zone -----------------------------------------------------------------


def _data(value: str) -> str:
    return data("c", "zone", "", value)


@WORDS.of(StaffZone)
def _zone(said: StaffZone, now: datetime) -> Screen:
    text = (
        f"{widgets.problem(said.problem)}"
        f"Your clock: <b>{esc(said.zone)}</b>, {say_time(now, said.zone)} now. "
        "Summaries, alerts and lists use it.\n\n"
        "To change it, type your city, or choose by your local time."
    )
    return Screen(text=text, rows=((Button("🕑 Pick by local time", _data("clock")),),))


@WORDS.of(StaffZoneByClock)
def _zone_by_clock(said: StaffZoneByClock, now: datetime) -> Screen:
    text, rows = widgets.clock(said.offsets, now, _data)
    return Screen(text=text, rows=rows)


@WORDS.of(StaffZoneByPlace)
def _zone_by_place(said: StaffZoneByPlace, now: datetime) -> Screen:
    text, rows = widgets.pick(said.guesses, said.problem, now, _data)
    return Screen(text=text, rows=rows)


@WORDS.of(StaffZoneCheck)
def _zone_check(said: StaffZoneCheck, now: datetime) -> Screen:
    text, rows = widgets.check(said.zone, now, _data)
    return Screen(text=text, rows=rows)


@WORDS.of(StaffZoneSet)
def _zone_set(said: StaffZoneSet, now: datetime) -> Screen:
    zone, offset = esc(said.zone), utc_offset_label(now, said.zone)
    if said.before == said.zone:
        return Screen(text=f"Your clock stays <b>{zone}</b>, {say_time(now, said.zone)} now.")
    return Screen(
        text=(
            f"Your clock is <b>{zone}</b> now: it is {say_time(now, said.zone)} ({offset}).\n"
            f"Before: {esc(said.before)}."
        ),
        rows=((Button("Change back", _data(f"={said.before}")),),),
    )


@WORDS.of(StaffZoneKept)
def _zone_kept(said: StaffZoneKept, now: datetime) -> Screen:
    zone = said.zone
    return Screen(text=f"Nothing was changed. Your clock: {esc(zone)}, {say_time(now, zone)} now.")
