"""Words and buttons of who coaches whom, and of the athlete's consent."""

from datetime import datetime
from typing import Final

from bot.accounts.phrases import of_pages, pages
from bot.conversation.labels import in_one_line
from bot.conversation.screen import Button, Screen, Style, esc
from bot.conversation.who_words import command_data
from bot.conversation.widgets import Row, Values, Words, say_day

# ---- the admin ------------------------------------------------------------------------


def _choose(values: Values, _now: datetime) -> Screen:
    name = esc(values["athlete"])
    if not values["coaches"]:
        return Screen(text=f"There is nobody yet who could coach {name}. Write /invite coach Kim.")
    seen = [esc(one["name"]) for one in values["coaches"] if one["state"] == "active"]
    asked = [esc(one["name"]) for one in values["coaches"] if one["state"] == "asked"]
    lines = [f"<b>Who coaches {name}?</b>{of_pages(values['page'], values['pages'])}"]
    if seen:
        lines.append(f"{name} shares with {', '.join(seen)}.")
    if asked:
        lines.append(f"{name} was asked, and has not answered: {', '.join(asked)}.")
    if any(one["state"] == "new" for one in values["coaches"]):
        lines.append(f"Tap a coach: {name} is asked first, and may say no.")
    rows = tuple(_coach_row(values["athlete_id"], one) for one in values["coaches"])
    return Screen(
        text="\n".join(lines),
        rows=(*rows, *pages("assign", values["page"], values["pages"], values["athlete_id"])),
    )


def _coach_row(athlete_id: int, one: Values) -> Row:
    coach = f"#{one['coach_id']}"
    off = command_data("assign", athlete_id, f"{coach} off")
    if one["state"] == "active":
        return (Button(in_one_line(f"End {one['name']}"), off, Style.DANGER),)
    ask = command_data("assign", athlete_id, coach)
    if one["state"] == "asked":
        again = in_one_line(f"Ask again: {one['name']}", of=2)
        return (Button(again, ask), Button("Take it back", off))
    return (Button(in_one_line(one["name"]), ask),)


def _asked(values: Values, _now: datetime) -> Screen:
    athlete, coach = esc(values["athlete"]), esc(values["coach"])
    text = f"{athlete} is being asked whether to share with {coach}. You hear the answer."
    if not values["told"]:
        text = (
            f"I can not reach {athlete} at the moment. The question waits: {athlete} finds it "
            "under /coach."
        )
    off = Button(
        "Take it back",
        command_data("assign", values["athlete_id"], f"#{values['coach_id']} off"),
    )
    return Screen(text=f"{text} Until then {coach} sees nothing.", rows=((off,),))


def _problem(values: Values, _now: datetime) -> Screen:
    athlete = esc(values["athlete"])
    if "coach" in values:
        return Screen(
            text=f"I found no coach called “{esc(values['coach'][:60])}”. "
            "Tap below to choose from a list, or make one: /invite coach Kim.",
            rows=((Button("Choose a coach", command_data("assign", values["athlete_id"])),),),
        )
    return Screen(
        text=f"After the coach there may be off, not “{esc(values['word'][:60])}”. "
        f"Write for example /assign {athlete} Kim, or /assign {athlete} Kim off."
    )


def _has(values: Values, _now: datetime) -> Screen:
    athlete, coach = esc(values["athlete"]), esc(values["coach"])
    off = Button(
        in_one_line(f"End {values['coach']}"),
        command_data("assign", values["athlete_id"], f"#{values['coach_id']} off"),
        Style.DANGER,
    )
    return Screen(text=f"{athlete} shares with {coach} already.", rows=((off,),))


def _has_not(values: Values, _now: datetime) -> Screen:
    athlete, coach = esc(values["athlete"]), esc(values["coach"])
    return Screen(text=f"{athlete} does not share with {coach}. Nothing was changed.")


def _leaving(values: Values, _now: datetime) -> Screen:
    return Screen(text=f"{esc(values['athlete'])} is leaving, so nobody is asked any more.")


def _ended(values: Values, _now: datetime) -> Screen:
    athlete, coach = esc(values["athlete"]), esc(values["coach"])
    again = Button(
        "Ask again", command_data("assign", values["athlete_id"], f"#{values['coach_id']}")
    )
    text = f"The question to {athlete} is taken back; it can not be answered any more."
    if values["shared"]:
        text = f"{coach} does not see {athlete}’s data any more. Both get a message."
    return Screen(text=text, rows=((again,),))


# ---- the athlete ----------------------------------------------------------------------


def _share_ask(values: Values, _now: datetime) -> Screen:
    coach, stamp = esc(values["coach"]), values["stamp"]
    text = (
        f"<b>Share your training with {coach}, as your coach?</b>\n\n"
        f"{coach} would see:\n"
        "• your sessions and holds: done, stopped, skipped, missed\n"
        "• your pain answers and pain notes, and how the morning after was\n"
        "• your plan, days, times and pauses, and may change them\n"
        "• a summary every week, and reports as a file\n"
        "• an alert when pain or a warning sign stops you, or you are away for days\n\n"
        f"{coach} may also write notes about you; /export shows them to you.\n\n"
        "It is your choice, and training goes on either way. /coach stops it at any time."
    )
    coach_id = values["coach_id"]
    yes = Button(
        in_one_line(f"Yes, share with {values['coach']}"),
        command_data("coach", coach_id, f"yes {stamp}"),
        Style.SUCCESS,
    )
    no = Button("No", command_data("coach", coach_id, f"no {stamp}"))
    return Screen(text=text, rows=((yes,), (no,)))


def _share_yes(values: Values, _now: datetime) -> Screen:
    coach = esc(values["coach"])
    return Screen(text=f"You share with {coach} from now on.", rows=((_stop(values),),))


def _stop(values: Values) -> Button:
    name = values.get("coach") or values["name"]
    label = in_one_line(f"Stop sharing with {name}")
    return Button(label, command_data("coach", values["coach_id"], "off"), Style.DANGER)


def _share_no(values: Values, _now: datetime) -> Screen:
    return Screen(text=f"Nothing is shared with {esc(values['coach'])}. Your training goes on.")


def _share_stopped(values: Values, _now: datetime) -> Screen:
    coach = esc(values["coach"])
    told = f" {coach} gets a message that says so, and nothing else." if values["told"] else ""
    again = Button(
        in_one_line(f"Share again with {values['coach']}"),
        command_data("coach", values["coach_id"], f"again {values['stamp']}"),
    )
    return Screen(
        text=f"{coach} does not see your data any more.{told}\n"
        "What was sent before stays in the chat there.",
        rows=((again,),) if values["undo"] else (),
    )


def _coaches(values: Values, now: datetime) -> Screen:
    lines = [
        f"{esc(one['name'])} – since {_day(one['since'], values['zone'], now)}"
        for one in values["coaches"]
    ]
    if lines:
        text = "\n".join(["<b>Your coach sees your data:</b>", *lines])
    else:
        text = "No coach sees your data."
    if values["asked"]:
        names = ", ".join(esc(one["name"]) for one in values["asked"])
        text += f"\n\nNot answered yet: {names}. The question follows."
    return Screen(text=text, rows=tuple((_stop(one),) for one in values["coaches"]))


def _day(text: str, zone: str, now: datetime) -> str:
    return say_day(datetime.fromisoformat(text), zone, now)


# ---- what the others are told ---------------------------------------------------------


def _shared(values: Values, _now: datetime) -> Screen:
    athlete = esc(values["athlete"])
    card = Button(
        in_one_line(f"See {values['athlete']}"), command_data("athlete", values["athlete_id"])
    )
    return Screen(
        text=f"{athlete} shares with you from now on: sessions, pain, alerts, a weekly summary.",
        rows=((card,),),
    )


def _says(before: str, key: str, after: str) -> Words:
    return lambda values, _now: Screen(text=f"{before}{esc(values[key])}{after}")


def _both(between: str) -> Words:
    return lambda values, _now: Screen(
        text=f"{esc(values['athlete'])} {between} {esc(values['coach'])}."
    )


SAY_SHARING: Final[dict[str, Words]] = {
    "assign_choose": _choose,
    "assign_asked": _asked,
    "assign_problem": _problem,
    "assign_has": _has,
    "assign_has_not": _has_not,
    "assign_leaving": _leaving,
    "assign_ended": _ended,
    "share_ask": _share_ask,
    "share_yes": _share_yes,
    "share_no": _share_no,
    "share_stopped": _share_stopped,
    "coaches": _coaches,
    "shared": _shared,
    "shared_with": _both("said yes and shares with"),
    "declined": _says("", "athlete", " was asked to share with you as coach, and said no."),
    "declined_with": _both("said no: nothing is shared with"),
    "athlete_ended": _says("", "athlete", " does not share with you any more. Nothing more comes."),
    "coach_ended": _says(
        "", "coach", " is not your coach here any more and sees no data of yours."
    ),
}
"""Topic → words."""
