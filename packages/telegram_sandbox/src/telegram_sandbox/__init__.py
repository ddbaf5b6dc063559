"""A strict local Bot API with a chat page, for trying and for testing.

It stands in for Telegram's servers over real HTTP, on 127.0.0.1 only, and refuses what Telegram
refuses, in Telegram's words. People are driven from Python, over HTTP, or on the page.
"""

from telegram_sandbox.errors import ApiError, SandboxError
from telegram_sandbox.faults import Armed, Call, Fault, FaultKind
from telegram_sandbox.groups import Group
from telegram_sandbox.keyboards import Button
from telegram_sandbox.limits import Limits
from telegram_sandbox.log import Entry, Log
from telegram_sandbox.people import Person, Toast
from telegram_sandbox.sandbox import Sandbox
from telegram_sandbox.seen import ChatMessage, Document
from telegram_sandbox.server import Server, serve, serving

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
