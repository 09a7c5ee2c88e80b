"""Pictures made smaller: few colours, and packed well. Chromium writes 24 bits a pixel, hardly packed."""

from __future__ import annotations

import struct
import zlib
from collections import Counter

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunks(picture: bytes) -> dict[bytes, bytes]:
    """The parts of a PNG by their names, those of one name put together."""
    found: dict[bytes, bytes] = {}
    place = len(SIGNATURE)
    while place < len(picture):
        length, name = struct.unpack(">I4s", picture[place:place + 8])
        found[name] = found.get(name, b"") + picture[place + 8:place + 8 + length]
        place += length + 12
    return found


def chunk(name: bytes, data: bytes) -> bytes:
    """A part of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def lines(data: bytes, width: int, height: int, size: int) -> list[bytes]:
    """The pixels of each line, the filters undone."""
    length, found, above = width * size, [], bytearray(width * size)
    for number in range(height):
        start = number * (length + 1)
        kind, line = data[start], bytearray(data[start + 1:start + 1 + length])
        if kind == 1:
            for place in range(size, length):
                line[place] = line[place] + line[place - size] & 255
        elif kind == 2:
            for place in range(length):
                line[place] = line[place] + above[place] & 255
        elif kind == 3:
            for place in range(length):
                left = line[place - size] if place >= size else 0
                line[place] = line[place] + (left + above[place] >> 1) & 255
        elif kind == 4:
            for place in range(length):
                left, corner = (line[place - size], above[place - size]) if place >= size else (0, 0)
                up = above[place]
                near = left + up - corner
                by_left, by_up, by_corner = abs(near - left), abs(near - up), abs(near - corner)
                best = left if by_left <= by_up and by_left <= by_corner else up if by_up <= by_corner else corner
                line[place] = line[place] + best & 255
        found.append(bytes(line))
        above = line
    return found


def nearest(colour: bytes, palette: list[bytes]) -> int:
    """The place of the colour that is most like it."""
    return min(range(len(palette)), key=lambda place: sum((a - b) ** 2 for a, b in zip(colour, palette[place])))


def smaller(picture: bytes) -> bytes:
    """The picture with the 256 colours that stand for all."""
    parts = chunks(picture)
    width, height, depth, kind = struct.unpack(">IIBB", parts[b"IHDR"][:10])
    if depth != 8 or kind not in (2, 6):
        return picture
    size = 3 if kind == 2 else 4
    pixels = [[line[place:place + 3] for place in range(0, width * size, size)]
              for line in lines(zlib.decompress(parts[b"IDAT"]), width, height, size)]
    counted: Counter[bytes] = Counter()
    for line in pixels:
        counted.update(line)
    palette = [colour for colour, _ in counted.most_common(256)]
    places = {colour: place for place, colour in enumerate(palette)}
    for colour in counted:
        if colour not in places:
            places[colour] = nearest(colour, palette)
    data = b"".join(b"\0" + bytes(places[colour] for colour in line) for line in pixels)
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    return (SIGNATURE + chunk(b"IHDR", header) + chunk(b"PLTE", b"".join(palette))
            + chunk(b"IDAT", zlib.compress(data, 9)) + chunk(b"IEND", b""))
