"""The coach's day: athletes at a glance, one athlete's card, notes, words, unlocking."""

from bot.flows.coaching.board import athletes
from bot.flows.coaching.card import athlete
from bot.flows.coaching.notes import note
from bot.flows.coaching.quiet import quiet
from bot.flows.coaching.unlocking import unlock
from bot.flows.coaching.writing import say

__all__ = ["athlete", "athletes", "note", "quiet", "say", "unlock"]
