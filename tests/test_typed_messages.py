"""Callers and words agree on every field of a message: mypy names each that is misspelt."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

import pytest

from tests.copied import Copy, TypeFault

MESSAGE: Final = frozenset({"Message", "Reply"})
"""What every kind of message comes from."""
VALUE: Final = frozenset({"NamedTuple", "dataclass"})
"""How the values inside a message are made."""
SLIP: Final = re.compile(r"\w*_slip\d+")
Fields = dict[str, list[str]]
"""Kinds of message, and of the values inside, with their fields in order."""


@dataclass(frozen=True, slots=True)
class Slip:
    """A field misspelt: `after` is put in behind the field of that name, which ends at a place.

    A line is counted from 1, a column in bytes from 0. mypy has to say it of the line `told`.
    Without a field, none is there to be misspelt, and one too many is put in.
    """

    told: int
    line: int
    column: int
    field: str
    before: str = ""
    after: str = ""


def misspelt(copy: Copy, file: str, slips: list[Slip], numbers: Iterator[int]) -> set[TypeFault]:
    """Write a file of the copy with these slips; return what has to be said: the wrong names."""
    lines = [line.encode() for line in copy.read(file).splitlines(keepends=True)]
    expected: set[TypeFault] = set()
    for slip in sorted(slips, key=lambda slip: (slip.line, slip.column), reverse=True):
        line, mark = lines[slip.line - 1], f"_slip{next(numbers)}"
        begin, end = line[: slip.column], line[slip.column :]
        assert begin.decode().endswith(slip.field), f"{file}:{slip.line}"
        added = f"{slip.before}{mark}{slip.after}".encode()
        lines[slip.line - 1] = begin + added + end
        expected.add(TypeFault(file, slip.told, f"{slip.field}{slip.before}{mark}"))
    copy.write(file, b"".join(lines).decode())
    return expected


# ---- where messages are made and read -------------------------------------------------


def _name(node: ast.expr | None) -> str:
    """Return the last name of `a.b.Name`, or of a call of it; nothing for other expressions."""
    match node:
        case ast.Name(name) | ast.Attribute(attr=name):
            return name
        case ast.Call(func):
            return _name(func)
        case _:
            return ""


def messages(modules: list[ast.Module]) -> Fields:
    """Return every kind of message, and the values that are defined beside one."""
    rooms = [[one for one in tree.body if isinstance(one, ast.ClassDef)] for tree in modules]
    classes = [one for room in rooms for one in room]
    kinds, before = set(MESSAGE), 0
    while len(kinds) > before:
        before = len(kinds)
        kinds |= {one.name for one in classes if kinds & {_name(base) for base in one.bases}}
    kinds |= {
        one.name
        for room in rooms
        if kinds & {one.name for one in room}
        for one in room
        if VALUE & {_name(made) for made in (*one.bases, *one.decorator_list)}
    }
    found = [(one.name, _fields(one)) for one in classes if one.name in kinds - MESSAGE]
    assert len(dict(found)) == len(found), "two classes have one name"
    return dict(found)


def _fields(kind: ast.ClassDef) -> list[str]:
    return [
        _name(one.target)
        for one in kind.body
        if isinstance(one, ast.AnnAssign) and "ClassVar" not in ast.dump(one.annotation)
    ]


def made(tree: ast.Module, kinds: Fields) -> Iterator[Slip]:
    """Misspell one field wherever a message is made: the first by name, else the last by place.

    One may be made of another by `replace`: then of whatever it is made.
    """
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not (_name(node.func) in kinds or _is_replaced(node)):
            continue
        if node.keywords:
            named = node.keywords[0]
            assert named.arg, f"line {node.lineno}: nobody sees which fields these are"
            end = named.col_offset + len(named.arg.encode())
            yield Slip(node.lineno, named.lineno, end, named.arg)
        elif node.args:
            last, at = node.args[-1], len(node.args) - 1
            many = isinstance(last, ast.Starred)  # one more is put before them
            field, after = ("", "=0, ") if many else (kinds[_name(node.func)][at], "=")
            yield Slip(node.lineno, last.lineno, last.col_offset, "", field, after)


def _is_replaced(node: ast.Call) -> bool:
    named = [one.arg for one in node.keywords]
    return isinstance(node.func, ast.Name) and node.func.id == "replace" and None not in named


def read(tree: ast.Module, kinds: Fields) -> Iterator[Slip]:
    """Misspell every field that a function reads of a message that it is given."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        given = _given(function, kinds)
        for node in ast.walk(function):
            if isinstance(node, ast.Attribute) and _is_one_of(given, node.value):
                assert node.end_lineno is not None
                assert node.end_col_offset is not None
                yield Slip(node.lineno, node.end_lineno, node.end_col_offset, node.attr)


def _given(function: ast.FunctionDef, kinds: Fields) -> set[str]:
    """Return the parameters that are messages: by their type, or as the words of a kind."""
    every = (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
    found = {one.arg for one in every if _name(one.annotation) in kinds}
    if any(
        isinstance(one, ast.Call) and _name(one.func) in {"of", "toast"}
        for one in function.decorator_list
    ):
        found.add(every[0].arg)
    return found


def _is_one_of(names: set[str], node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in names


@pytest.mark.timeout(300)  # as mypy has to check everything anew
def test_a_misspelt_field_is_a_type_error(tmp_path: Path) -> None:
    """Some 300 places that make a message, 1150 that read one: mypy names each, and no other."""
    copy, numbers = Copy(tmp_path), count()
    modules = {file: ast.parse(copy.read(file)) for file in copy.modules()}
    kinds = messages(list(modules.values()))
    makes = {file: list(made(tree, kinds)) for file, tree in modules.items()}
    reads = {file: list(read(tree, kinds)) for file, tree in modules.items()}
    assert sum(len(slips) for slips in makes.values()) > 280
    assert sum(len(slips) for slips in reads.values()) > 1_000
    expected: set[TypeFault] = set()
    for file in modules:
        expected |= misspelt(copy, file, makes[file] + reads[file], numbers)
    told = {
        TypeFault(fault.file, fault.line, slip[0] if (slip := SLIP.search(fault.said)) else "")
        for fault in copy.type_faults()
    }
    assert told == expected
