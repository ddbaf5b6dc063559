"""Any file that may be a watch's: unpacked, told apart by what is in it, and read."""

from bot.protocol.load.activities import Activity, UnreadFile, Why, believable
from bot.watches import fit, xml
from bot.watches.unpacking import UnpackError, unpacked

MOST = 5
"""Outings of one file: a triathlon has three."""


def read(data: bytes) -> tuple[Activity, ...] | UnreadFile:
    """Return what was done, in its order, or why nothing can be read. Raises nothing."""
    try:
        inside, cut = unpacked(data)
    except UnpackError as error:
        return error.unread
    if fit.is_fit(inside):
        found = fit.read(inside, cut=cut)
    elif (text := xml.text_of(inside)) is not None:
        found = xml.read(text, cut=cut)
    else:
        return UnreadFile(Why.NOT_KNOWN)
    if isinstance(found, UnreadFile):
        return found
    return tuple(believable(one) for one in found[:MOST])
