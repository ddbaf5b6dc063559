"""Who somebody is and which roles they have, for the edges."""

from bot.store.people import Who, who_is
from bot.store.tables import Role

__all__ = ["Role", "Who", "who_is"]
