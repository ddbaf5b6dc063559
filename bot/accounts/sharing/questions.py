"""The question to an athlete whether to share with a coach."""

from bot.accounts.sharing import consents
from bot.accounts.sharing.messages import ShareQuestion
from bot.store.tables import AssignmentRow, PersonRow


def question(row: AssignmentRow, coach: PersonRow) -> ShareQuestion:
    """Return the question to the athlete; its stamp is in the buttons."""
    stamp = consents.stamp(row.asked_at)
    return ShareQuestion(row.coach_id, coach.name, stamp, row.athlete_id)
