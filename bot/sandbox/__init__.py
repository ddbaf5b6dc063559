"""A strict local Bot API with a chat page, for trying and for testing.

It stands in for Telegram's servers over real HTTP, on 127.0.0.1 only, and refuses what Telegram
refuses, in Telegram's words. People are driven from Python, over HTTP, or on the page.
"""

from bot.sandbox.errors import ApiError, SandboxError
from bot.sandbox.faults import Armed, Call, Fault, FaultKind
from bot.sandbox.groups import Group
from bot.sandbox.keyboards import Button
from bot.sandbox.limits import Limits
from bot.sandbox.log import Entry, Log
from bot.sandbox.people import Person, Toast
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.seen import ChatMessage, Document
from bot.sandbox.server import Server, serve, serving

__all__ = [
    "ApiError",
    "Armed",
    "Button",
    "Call",
    "ChatMessage",
    "Document",
    "Entry",
    "Fault",
    "FaultKind",
    "Group",
    "Limits",
    "Log",
    "Person",
    "Sandbox",
    "SandboxError",
    "Server",
    "Toast",
    "serve",
    "serving",
]
