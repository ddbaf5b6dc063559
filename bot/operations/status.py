"""/status: what an admin looks at to see whether all is well. Read beside the writer."""

import json
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import case, func, or_, select
from sqlmodel import Session as Db
from sqlmodel import col
from sqlmodel import select as sqlmodel_select

from bot.conversation.interaction import Interaction
from bot.operations import backups, messages, refusals
from bot.operations import faults as operations_faults
from bot.operations.figures import count, live_sessions, summed
from bot.operations.values import (
    NEWEST,
    Athletes,
    BarredAthletes,
    InstallationState,
    LivingNodes,
    NewestBackup,
)
from bot.store import alerts, facts, inbox, nodes, outbox, people
from bot.store.dialect import has_file, size
from bot.store.tables import AthleteRow, InboxRow, OccurrenceRow, PersonRow
from bot.training.alerts.flow import GRAVE
from bot.training.reasons import SEVERE_MORNING

STARTED: Final = "started"
DAY: Final = timedelta(hours=24)
NAMED: Final = 5
"""Athletes who are named where they wait for somebody to act."""


def show(turn: Interaction) -> None:
    """/status: it is read when it is sent, and rewrites the message whose button was pressed."""
    turn.answer()
    zone = people.person(turn.db, turn.person_id).zone
    turn.send(messages.Status(zone=zone, message_id=turn.message_id))


def started(db: Db, version: str, nightly: str, now: datetime) -> None:
    """Note that the program has started, and what it was told about backups."""
    facts.set_fact(db, STARTED, json.dumps({"version": version, "nightly": nightly}), now)


def read(db: Db, now: datetime) -> InstallationState:
    """Return the state of the installation. Every query has its index, whatever the number."""
    start = facts.fact(db, STARTED)
    barred = _barred(db)
    told = {} if start is None else json.loads(start.value)
    return InstallationState(
        athletes=_athletes(db, now),
        live=live_sessions(db),
        due_soon=count(
            db,
            OccurrenceRow,
            col(OccurrenceRow.due_at) > now,
            col(OccurrenceRow.due_at) <= now + timedelta(hours=1),
        ),
        waiting=outbox.depth(db),
        oldest=outbox.oldest_waiting(db),
        cues=summed("cues", outbox.cue_delays(db, now - DAY, NEWEST)),
        lost=outbox.lost_since(db, now - DAY),
        refused=refusals.recent(db, now),
        updates_failed=count(
            db, InboxRow, col(InboxRow.error).is_not(None), col(InboxRow.handled_at) > now - DAY
        ),
        faults=operations_faults.recent(db, now),
        last_update=inbox.newest_at(db),
        backup=_backup(db, nightly=told.get("nightly", "off") != "off"),
        size=_size(db),
        version=told.get("version", ""),
        started=None if start is None else start.at,
        nodes=_nodes(db, now),
        locked=_named([person for person, _since, reason in barred if reason != SEVERE_MORNING]),
        unheard=_named(
            [person for person, since, _reason in barred if _unheard(db, person, since, now)]
        ),
    )


def _barred(db: Db) -> list[tuple[PersonRow, datetime, str | None]]:
    """Return who has no session until somebody acts, since when, and why; the longest first."""
    locked = col(AthleteRow.locked_at).is_not(None)
    paused = col(AthleteRow.paused_at).is_not(None) & (
        col(AthleteRow.pause_reason) == SEVERE_MORNING
    )
    since = func.coalesce(col(AthleteRow.locked_at), col(AthleteRow.paused_at))
    query = (
        sqlmodel_select(PersonRow, AthleteRow)
        .join(AthleteRow, col(AthleteRow.person_id) == col(PersonRow.id))
        .where(col(AthleteRow.erase_at).is_(None), or_(locked, paused))
        .order_by(since, col(PersonRow.id))
    )
    return [_why(person, athlete) for person, athlete in db.exec(query)]


def _why(person: PersonRow, athlete: AthleteRow) -> tuple[PersonRow, datetime, str | None]:
    since = athlete.locked_at or athlete.paused_at
    assert since is not None
    return person, since, athlete.lock_reason if athlete.locked_at else athlete.pause_reason


def _unheard(db: Db, person: PersonRow, since: datetime, now: datetime) -> bool:
    assert person.id is not None
    return not alerts.heard_since(db, person.id, GRAVE, since, now - outbox.KEPT)


def _named(people: list[PersonRow]) -> BarredAthletes:
    return BarredAthletes(len(people), tuple(one.name for one in people[:NAMED]))


def _athletes(db: Db, now: datetime) -> Athletes:
    begins, until = col(AthleteRow.paused_from), col(AthleteRow.paused_until)
    paused = (
        col(AthleteRow.paused_at).is_not(None)
        & (begins.is_(None) | (begins <= now.date()))
        & (until.is_(None) | (until > now.date()))
    )
    state = case(
        (col(AthleteRow.erase_at).is_not(None), "leaving"),
        (col(AthleteRow.locked_at).is_not(None), "locked"),
        (col(PersonRow.unreachable_since).is_not(None), "unreachable"),
        (paused, "paused"),
        else_="active",
    )
    query = (
        select(state, func.count())
        .select_from(AthleteRow)
        .join(PersonRow, col(PersonRow.id) == col(AthleteRow.person_id))
        .group_by(state)
    )
    return Athletes(**{row[0]: row[1] for row in db.connection().execute(query)})


def _backup(db: Db, *, nightly: bool) -> NewestBackup:
    newest, failure = facts.fact(db, backups.DONE), facts.fact(db, backups.FAILED)
    return NewestBackup(
        at=None if newest is None else newest.at,
        size=0 if newest is None else json.loads(newest.value)["size"],
        nightly=nightly,
        failed=None if failure is None else failure.value,
        elsewhere=not has_file(db),
    )


def _nodes(db: Db, now: datetime) -> LivingNodes | None:
    found = None if has_file(db) else nodes.nodes(db, now)
    return None if found is None else LivingNodes(found.leader, found.since, found.standbys)


def _size(db: Db) -> int:
    return int(db.connection().execute(select(size())).scalar_one())
