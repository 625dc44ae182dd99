"""Draws the two icons of the app package: seven round a table, as many as Nordland has networks.

`python -m bot.teams.manifest.draw` writes them beside this file; a test holds that they are what is drawn here.
"""

import struct
import zlib
from collections.abc import Callable, Iterable
from math import cos, hypot, pi, sin
from pathlib import Path

COLOR_SIZE, OUTLINE_SIZE = 192, 32
ACCENT = (0x1B, 0x4F, 0x72)
_SEATS = 7
_SIGNATURE = b"\x89PNG\r\n\x1a\n"

Pixel = tuple[int, int, int, int]


def color() -> bytes:
    """White on the accent colour, the figure within the middle that Teams never cuts away."""
    figure = _figure(COLOR_SIZE, table=27.0, rim=9.0, round_=49.0, seat=10.5)
    return _png(COLOR_SIZE, lambda x, y: (*_mixed(figure(x, y)), 255))


def outline() -> bytes:
    """White on nothing."""
    figure = _figure(OUTLINE_SIZE, table=5.6, rim=2.2, round_=12.2, seat=2.7)
    return _png(OUTLINE_SIZE, lambda x, y: (255, 255, 255, round(255 * figure(x, y))))


def _figure(
    size: int, *, table: float, rim: float, round_: float, seat: float
) -> Callable[[float, float], float]:
    """How much of the pixel round that point is covered, from 0 to 1: a ring, and discs in a circle round it."""
    middle = size / 2
    turns = [2 * pi * number / _SEATS for number in range(_SEATS)]
    seats = [(middle + round_ * sin(turn), middle - round_ * cos(turn)) for turn in turns]

    def covered(x: float, y: float) -> float:
        ring = abs(hypot(x - middle, y - middle) - table) - rim / 2
        away = min(ring, *(hypot(x - at, y - down) - seat for at, down in seats))
        return min(1.0, max(0.0, 0.5 - away))

    return covered


def _mixed(white: float) -> tuple[int, int, int]:
    red, green, blue = (round(part + (255 - part) * white) for part in ACCENT)
    return red, green, blue


def _png(size: int, pixel: Callable[[float, float], Pixel]) -> bytes:
    """An image of eight bits for each of red, green, blue and alpha."""
    rows = (b"\0" + bytes(part for x in range(size) for part in pixel(x + 0.5, y + 0.5)) for y in range(size))
    head = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(b"".join(rows), 9)), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunks(parts))


def _chunks(parts: Iterable[tuple[bytes, bytes]]) -> Iterable[bytes]:
    for kind, content in parts:
        yield struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


if __name__ == "__main__":
    folder = Path(__file__).parent
    (folder / "color.png").write_bytes(color())
    (folder / "outline.png").write_bytes(outline())
