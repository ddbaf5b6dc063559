"""Words and buttons of who coaches whom, and of the athlete's consent."""

from datetime import datetime
from typing import Final

from bot.accounts.phrases import ROLE, say_list
from bot.accounts.sharing.messages import (
    AssignmentDropped,
    AssignmentEnded,
    AssignmentKept,
    AssignmentUndone,
    AssignNotUnderstood,
    AthleteAsked,
    AthleteDeclined,
    AthleteDeclinedWith,
    AthleteEnded,
    AthleteShares,
    AthleteSharesWith,
    AthleteToCome,
    CoachChoice,
    CoachEnded,
    CoachOption,
    DiaryQuestion,
    DiarySharing,
    InvitedJoined,
    MyCoaches,
    NotAskedAsLeaving,
    ShareQuestion,
    SharesAlready,
    SharesNothing,
    SharingBegun,
    SharingRefused,
    SharingStopped,
    Tie,
    Undone,
)
from bot.conversation.paging import of_pages, turning
from bot.conversation.screen import (
    Button,
    Row,
    Screen,
    Style,
    Words,
    command_data,
    esc,
    in_one_line,
)
from bot.conversation.widgets import say_day, say_moment

WORDS: Final = Words()

# ---- the admin ------------------------------------------------------------------------


@WORDS.of(CoachChoice)
def _coach_choice(said: CoachChoice, _now: datetime) -> Screen:
    name = esc(said.athlete)
    if not said.coaches:
        return Screen(text="No coaches yet. /invite coach NAME makes a link.")
    seen = [esc(one.name) for one in said.coaches if one.state is Tie.ACTIVE]
    asked = [esc(one.name) for one in said.coaches if one.state is Tie.ASKED]
    lines = [f"<b>Who coaches {name}?</b>{of_pages(said.page, said.pages)}"]
    if seen:
        lines.append(f"{name} shares with {', '.join(seen)}.")
    if asked and said.joined:
        lines.append(f"{name} was asked about {', '.join(asked)}, and has not answered yet.")
    if not said.joined:
        about = f" {name} will be asked about {', '.join(asked)}." if asked else ""
        lines.append(f"{name} has not joined yet.{about}")
    if any(one.state is Tie.NEW for one in said.coaches):
        first = "first" if said.joined else "on joining"
        lines.append(f"Tap a coach: {name} is asked {first}, and may say no.")
    rows = tuple(_coach_row(said, one) for one in said.coaches)
    beside = turning(said.page, range(1, said.pages + 1), "c", "assign", said.athlete_id)
    return Screen(text="\n".join(lines), rows=(*rows, *beside))


def _coach_row(said: CoachChoice, one: CoachOption) -> Row:
    athlete_id = said.athlete_id
    if one.state is Tie.ACTIVE:
        return (_end(athlete_id, one.coach_id, one.name),)
    ask = _assign_data(athlete_id, one.coach_id)
    if one.state is Tie.ASKED and not said.joined:
        off = _assign_data(athlete_id, one.coach_id, "off")
        return (Button(in_one_line(f"Take back: {one.name}"), off),)
    if one.state is Tie.ASKED:
        again = in_one_line(f"Ask again: {one.name}", of=2)
        return (Button(again, ask), _take_back(athlete_id, one.coach_id))
    return (Button(in_one_line(one.name), ask),)


def _assign_data(athlete_id: int, coach_id: int, *words: str) -> str:
    return command_data("assign", athlete_id, " ".join([f"#{coach_id}", *words]))


def _end(athlete_id: int, coach_id: int, coach: str) -> Button:
    off = _assign_data(athlete_id, coach_id, "off")
    return Button(in_one_line(f"End {coach}"), off, Style.DANGER)


def _take_back(athlete_id: int, coach_id: int) -> Button:
    return Button("Take it back", _assign_data(athlete_id, coach_id, "off"))


@WORDS.of(AthleteAsked)
def _athlete_asked(said: AthleteAsked, _now: datetime) -> Screen:
    athlete, coach = esc(said.athlete), esc(said.coach)
    text = f"{athlete} is being asked whether to share with {coach}. You will hear the answer."
    if not said.told:
        text = (
            f"I cannot reach {athlete} at the moment. The question waits: {athlete} finds it "
            "under /coach."
        )
    return Screen(
        text=f"{text} Until then {coach} sees nothing.",
        rows=((_take_back(said.athlete_id, said.coach_id),),),
    )


@WORDS.of(AssignNotUnderstood)
def _assign_not_understood(said: AssignNotUnderstood, _now: datetime) -> Screen:
    athlete = esc(said.athlete)
    if said.coach is not None:
        return Screen(
            text=f"I found no coach called “{esc(said.coach[:60])}”. "
            "Tap below to choose from a list, or make one: /invite coach Kim.",
            rows=((Button("Choose a coach", command_data("assign", said.athlete_id)),),),
        )
    return Screen(
        text=f"After the coach only off may follow, not “{esc((said.word or '')[:60])}”. "
        f"Write for example /assign {athlete} Kim, or /assign {athlete} Kim off."
    )


@WORDS.of(SharesAlready)
def _shares_already(said: SharesAlready, _now: datetime) -> Screen:
    return Screen(
        text=f"{esc(said.athlete)} already shares with {esc(said.coach)}.",
        rows=((_end(said.athlete_id, said.coach_id, said.coach),),),
    )


@WORDS.of(SharesNothing)
def _shares_nothing(said: SharesNothing, _now: datetime) -> Screen:
    athlete, coach = esc(said.athlete), esc(said.coach)
    return Screen(text=f"{athlete} does not share with {coach}. Nothing was changed.")


@WORDS.of(NotAskedAsLeaving)
def _not_asked(said: NotAskedAsLeaving, _now: datetime) -> Screen:
    return Screen(text=f"{esc(said.athlete)} is leaving, so nobody is asked any more.")


@WORDS.of(AssignmentEnded)
def _assignment_ended(said: AssignmentEnded, _now: datetime) -> Screen:
    athlete, coach = esc(said.athlete), esc(said.coach)
    text = f"The question to {athlete} is taken back; it cannot be answered any more."
    if said.shared:
        told = " Both get a message." if said.told else ""
        text = f"{coach} does not see {athlete}’s data any more.{told}"
    again = Button("Ask again", _assign_data(said.athlete_id, said.coach_id))
    return Screen(text=text, rows=((again,),))


@WORDS.of(AssignmentKept)
def _assignment_kept(said: AssignmentKept, now: datetime) -> Screen:
    athlete, coach = esc(said.athlete), esc(said.coach)
    until = say_moment(said.until, said.zone, now)
    return Screen(
        text=f"{athlete} has not joined yet. On joining, {athlete} is asked whether to share with "
        f"{coach}, and you hear the answer. Until then {coach} sees nothing. "
        f"The link is open until {until}.",
        rows=((_take_back(said.athlete_id, said.coach_id),),),
    )


@WORDS.of(AssignmentDropped)
def _assignment_dropped(said: AssignmentDropped, _now: datetime) -> Screen:
    again = Button("Ask after all", _assign_data(said.athlete_id, said.coach_id))
    return Screen(
        text=f"{esc(said.athlete)} will not be asked about {esc(said.coach)}.", rows=((again,),)
    )


_UNDONE: Final = {
    Undone.REVOKED: "The link for {invited} was revoked",
    Undone.EXPIRED: "The link for {invited} has expired, and nobody joined by it",
    Undone.NO_COACH: "{coach} is no coach here any more",
}


@WORDS.of(AssignmentUndone)
def _assignment_undone(said: AssignmentUndone, _now: datetime) -> Screen:
    invited, coach = esc(said.invited or "somebody"), esc(said.coach)
    why = _UNDONE[said.why].format(invited=invited, coach=coach)
    return Screen(text=f"{why}. So {invited} will not be asked whether to share with {coach}.")


@WORDS.of(InvitedJoined)
def _invited_joined(said: InvitedJoined, _now: datetime) -> Screen:
    name = esc(said.name)
    text = f"{name} has joined as {ROLE[said.role]}."
    if said.role != "athlete":
        return Screen(text=text)
    if said.shares:
        text += f" {name} shares with {esc(say_list(said.shares))}."
    if said.coaches:
        text += f" {name} is asked now whether to share with {esc(say_list(said.coaches))}."
    if said.declined:
        text += f" {name} said no to {esc(say_list(said.declined))}."
    if not (said.coaches or said.shares or said.declined):
        text += f" {name} has no coach yet."
    coaches = Button("Choose a coach", command_data("assign", said.athlete_id))
    return Screen(text=text, rows=() if said.coaches or said.shares else ((coaches,),))


# ---- the athlete ----------------------------------------------------------------------


def say_what_is_shared(name: str) -> str:
    """Return the question, with what a coach would see: the text of `agreed.SHARING`."""
    coach = esc(name)
    return (
        f"<b>Share your training with {coach}, as your coach?</b>\n\n"
        f"{coach} would see:\n"
        "• your sessions and holds: done, stopped, skipped, missed\n"
        "• your pain answers and pain notes, and how the morning after was\n"
        "• what you note of other sport, also by a watch's file, and your weekly answers\n"
        "• your plan, days, times and pauses, and may change them\n"
        "• a summary every week, and reports as a file\n"
        "• an alert when pain or a warning sign stops you, or you are away for days\n\n"
        f"{coach} may also write notes about you; /export shows them to you.\n\n"
        "It is your choice, and training goes on either way. /coach stops it at any time."
    )


@WORDS.of(ShareQuestion)
def _share_question(said: ShareQuestion, _now: datetime) -> Screen:
    text = say_what_is_shared(said.coach)
    yes = Button(
        in_one_line(f"Yes, share with {said.coach}"),
        command_data("coach", said.coach_id, f"yes {said.stamp}"),
        Style.SUCCESS,
    )
    no = Button("No", command_data("coach", said.coach_id, f"no {said.stamp}"))
    return Screen(text=text, rows=((yes,), (no,)), rings=True, by_day=True)


@WORDS.of(SharingBegun)
def _sharing_begun(said: SharingBegun, _now: datetime) -> Screen:
    return Screen(
        text=f"You now share with {esc(said.coach)}.",
        rows=((_stop(said.coach_id, said.coach),),),
    )


def _stop(coach_id: int, name: str) -> Button:
    label = in_one_line(f"Stop sharing with {name}")
    return Button(label, command_data("coach", coach_id, "off"), Style.DANGER)


@WORDS.of(SharingRefused)
def _sharing_refused(said: SharingRefused, _now: datetime) -> Screen:
    return Screen(text=f"Nothing is shared with {esc(said.coach)}. Your training goes on.")


@WORDS.of(SharingStopped)
def _sharing_stopped(said: SharingStopped, _now: datetime) -> Screen:
    coach = esc(said.coach)
    told = f" {coach} gets a message that says so, and nothing else." if said.told else ""
    again = Button(
        in_one_line(f"Share again with {said.coach}"),
        command_data("coach", said.coach_id, f"again {said.stamp}"),
    )
    return Screen(
        text=f"{coach} does not see your data any more.{told}\n"
        "What was sent before stays in their chat.",
        rows=((again,),) if said.undo else (),
    )


@WORDS.of(DiaryQuestion)
def _diary_question(said: DiaryQuestion, _now: datetime) -> Screen:
    coach = esc(said.coach)
    return Screen(
        text=f"<b>Share your diary with {coach} too?</b>\n\n"
        "Here you can note other sport, also by a watch's file, and answer three questions each "
        f"Sunday. {coach} sees your training, but none of this: you agreed before it was here. "
        f"If you share it, {coach} sees all of your diary, also what you noted before.\n\n"
        "Your training goes on either way. /privacy changes it at any time.",
        rows=((share_diary(said.coach_id, said.version),), (_not_now(said),)),
    )


def share_diary(coach_id: int, version: str, whom: str = "") -> Button:
    """Return the button that shares the diary with a coach."""
    label = in_one_line(f"Share my diary with {whom}") if whom else "Share my diary too"
    return Button(label, command_data("coach", coach_id, f"diary {version}"), Style.SUCCESS)


def keep_diary(coach_id: int, version: str, whom: str) -> Button:
    """Return the button that ends it."""
    label = in_one_line(f"Keep my diary from {whom}")
    return Button(label, command_data("coach", coach_id, f"nodiary {version}"))


def _not_now(said: DiaryQuestion) -> Button:
    return Button("Not now", command_data("coach", said.coach_id, f"nodiary {said.version}"))


@WORDS.of(DiarySharing)
def _diary_sharing(said: DiarySharing, _now: datetime) -> Screen:
    coach = esc(said.coach)
    if said.shares:
        return Screen(
            text=f"{coach} now sees your diary too: other sport, watch files and your weekly "
            "answers. /privacy changes it.",
            rows=((keep_diary(said.coach_id, said.version, said.coach),),),
        )
    return Screen(
        text=f"{coach} does not see your diary. What was sent before stays in their chat. "
        "/privacy changes it.",
        rows=((share_diary(said.coach_id, said.version),),),
    )


@WORDS.of(MyCoaches)
def _my_coaches(said: MyCoaches, now: datetime) -> Screen:
    lines = [
        f"{esc(one.name)} – since {say_day(one.since, said.zone, now)}"
        f"{'' if one.diary else ', but not your diary'}"
        for one in said.coaches
    ]
    if lines:
        text = "\n".join(["<b>Your coach sees your data:</b>", *lines])
    else:
        text = "No coach sees your data."
    if said.asked:
        names = ", ".join(esc(one.name) for one in said.asked)
        text += f"\n\nNot answered yet: {names}. The question follows."
    return Screen(text=text, rows=tuple((_stop(one.coach_id, one.name),) for one in said.coaches))


# ---- what the others are told ---------------------------------------------------------


WORDS.plain(
    AthleteToCome,
    "An athlete for you has joined, and is asked now whether to share with you. "
    "You hear the answer.",
)


@WORDS.of(AthleteShares)
def _athlete_shares(said: AthleteShares, _now: datetime) -> Screen:
    card = Button(in_one_line(f"See {said.athlete}"), command_data("athlete", said.athlete_id))
    since = "has joined and shares" if said.joined else "now shares"
    what = "sessions, pain, alerts, a weekly summary"
    return Screen(
        text=f"{esc(said.athlete)} {since} with you: {what}.",
        rows=((card,),),
    )


@WORDS.of(AthleteSharesWith)
def _athlete_shares_with(said: AthleteSharesWith, _now: datetime) -> Screen:
    return Screen(text=f"{esc(said.athlete)} said yes and shares with {esc(said.coach)}.")


WORDS.plain(AthleteDeclined, "An athlete was asked to share with you as their coach, and said no.")


@WORDS.of(AthleteDeclinedWith)
def _athlete_declined_with(said: AthleteDeclinedWith, _now: datetime) -> Screen:
    return Screen(text=f"{esc(said.athlete)} said no: nothing is shared with {esc(said.coach)}.")


@WORDS.of(AthleteEnded)
def _athlete_ended(said: AthleteEnded, _now: datetime) -> Screen:
    return Screen(text=f"{esc(said.athlete)} does not share with you any more. Nothing more comes.")


@WORDS.of(CoachEnded)
def _coach_ended(said: CoachEnded, _now: datetime) -> Screen:
    return Screen(
        text=f"{esc(said.coach)} is not your coach here any more and sees no data of yours."
    )
