"""Sizes of pictures, read from their bytes."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from telegram_sandbox import pictures


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_sizes(form: str) -> None:
    """A real picture's width and height are found; a cut PNG is none."""
    store = io.BytesIO()
    Image.new("RGB", (320, 200)).save(store, form)
    assert pictures.size(store.getvalue()) == (320, 200)
    assert pictures.mime(store.getvalue()) == f"image/{form.lower()}"


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n" + b"\0" * 40]
)
def test_no_pictures(data: bytes) -> None:
    """Other files and broken headers have no size."""
    assert pictures.size(data) is None
