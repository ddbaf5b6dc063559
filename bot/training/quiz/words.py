"""How the quiz looks: one message with the sheet of exercises, edited with each answer."""

from datetime import datetime
from typing import Final

from bot.conversation.screen import Button, Screen, Style, Words, data, esc, lines, paragraphs
from bot.drawings.files import SheetOfAll, sheet_letter
from bot.protocol.dose.exercises import CATALOGUE
from bot.training.quiz.messages import QuizAsked, QuizOffered
from bot.training.quiz.questions import QUESTIONS

WORDS: Final = Words()
_ASKS: Final = {
    "i": "Which of these works the hamstring low down, near the knee?",
    "ii": "Which of these gives the glute nothing to do?",
    "iii": "Which of these is not done standing, as you run and walk?",
}
_BECAUSE: Final = {
    "i": "Your sore spot is high up, at the sitting bone. Near the knee is another part.",
    "ii": "The method asks for a glute that works with each hold.",
    "iii": "The method asks for a hold on your feet, as you run and walk.",
}


@WORDS.of(QuizOffered)
def _offered(_said: QuizOffered, _now: datetime) -> Screen:
    text = "Three sessions done. Why is your hold as it is? A quiz of three questions, if you like."
    start = Button("Start the quiz", data("c", "quiz"), Style.PRIMARY)
    return Screen(text=text, rows=((start,),))


@WORDS.of(QuizAsked)
def _asked(said: QuizAsked, _now: datetime) -> Screen:
    before = _verdict(said)
    if said.number == len(QUESTIONS):
        end = f"<b>{said.right} of {len(QUESTIONS)} right.</b> Nothing of this is kept."
        why = "A coach chooses a hold by these three questions. Ask yours about your own."
        again = Button("Once more", data("c", "quiz"))
        return Screen(text=paragraphs(before, end, why), picture=SheetOfAll(), rows=((again,),))
    question = QUESTIONS[said.number]
    asks = f"<b>{said.number + 1} of {len(QUESTIONS)}. {_ASKS[question.flag]}</b>"
    names = lines(*(f"<b>{sheet_letter(one)}</b> {_name(one)}" for one in question.choices))
    row = tuple(
        Button(sheet_letter(one), data("c", "quiz", "", f"{said.number} {one} {said.right}"))
        for one in question.choices
    )
    return Screen(text=paragraphs(before, asks, names), picture=SheetOfAll(), rows=(row,))


def _verdict(said: QuizAsked) -> str:
    """Return whether the answer before was right, and why."""
    if said.chosen is None:
        return ""
    question = QUESTIONS[said.number - 1]
    right = said.chosen == question.answer
    letter = sheet_letter(question.answer)
    told = f"Right: {letter}." if right else f"Not quite: it is {letter}, {_name(question.answer)}."
    return f"{told} {_BECAUSE[question.flag]}"


def _name(exercise: str) -> str:
    return esc(CATALOGUE[exercise].name)
