"""Moving a person, found by name, to another Telegram account (F66)."""

from bot.flows import invites
from bot.flows.name_search import matching, typed_name
from bot.flows.turn import Turn
from bot.store import people
from bot.store.tables import PersonRow, Role


def relink_by_name(turn: Turn, text: str, bot_username: str) -> None:
    """Make the link for the one who fits; several who fit become buttons. Admins only."""
    wanted = typed_name(text)
    if Role.ADMIN not in turn.who.roles:
        turn.say("not_allowed")
    elif not wanted:
        turn.say("relink_no_name")
    else:
        found = matching(people.everyone(turn.db), wanted)
        if found.only is not None:
            invites.move(turn, found.only, bot_username)
        elif found.people:
            turn.say("relink_which", **found.choice(lambda one: _roles(turn, one)))
        else:
            turn.say("relink_nobody", name=wanted)


def _roles(turn: Turn, person: PersonRow) -> dict[str, list[str]]:
    assert person.id is not None
    return {"roles": sorted(people.roles_of(turn.db, person.id))}
