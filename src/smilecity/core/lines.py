# SPDX-License-Identifier: EUPL-1.2
"""The lines of a table that somebody brings: how they are written, told by the first ones, and their cells.

A row is a line; a value that runs over several lines is trouble of those lines.
"""

import csv
from collections import Counter
from collections.abc import Sequence
from typing import BinaryIO

UTF8, UTF16, WINDOWS = "utf-8", "utf-16", "windows-1252"
DELIMITERS = (";", "\t", "|", ",")
HEAD = 64 * 1024  # bytes that are looked at to guess
LOOKED_AT = 200  # lines
MOST_LINE = 64 * 1024
MOST_CELL = 1000
BLANK = " \t\u00a0"


def encoding_of(head: bytes) -> str:
    """UTF-16 by its mark or its many zeros, else UTF-8 if it is that, else Windows-1252."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or head.count(0) * 3 > len(head) > 3:
        return UTF16
    try:
        head[: head.rfind(b"\n") + 1 or len(head)].decode("utf-8-sig")
    except UnicodeDecodeError:
        return WINDOWS
    return UTF8


def utf16_of(head: bytes) -> str:
    """Which UTF-16 it is; without a mark the zeros tell, for most letters are of the first 256."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    return "utf-16-le" if head[1::2].count(0) >= head[0::2].count(0) else "utf-16-be"


def first_lines(head: bytes, encoding: str) -> list[str]:
    """The first lines as text, without empty ones."""
    lines = [text_of(line, encoding) for line in head.splitlines()[:LOOKED_AT]]
    return [line for line in lines if line.strip() and "\0" not in line]


def delimiter_of(lines: Sequence[str]) -> str:
    """That by which most lines have the same number of cells, more than one; the first of the usual ones."""
    best, share = DELIMITERS[0], 0.0
    for one in DELIMITERS:
        counts = Counter(len(cells_of(line, one)) for line in lines)
        width, times = max(counts.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        if width > 1 and times / len(lines) > share + 0.05:
            best, share = one, times / len(lines)
    return best


def text_of(line: bytes, encoding: str) -> str:
    """A line as text. One that is not UTF-8 in a file that seemed to be is of Windows: many programs mix them."""
    if encoding == UTF8:
        try:
            return line.decode("utf-8-sig").rstrip("\r\n")
        except UnicodeDecodeError:
            pass
    return line.decode("windows-1252", "replace").rstrip("\r\n")


def cells_of(line: str, delimiter: str) -> list[str]:
    """The cells of a line, without blanks around them."""
    try:
        return [cell.strip(BLANK) for cell in next(csv.reader((line,), delimiter=delimiter), [])]
    except csv.Error:
        return [line]


def next_line(file: BinaryIO) -> bytes:
    """The next line; of one that is far too long only as much as shows that it is."""
    line = file.readline(MOST_LINE + 1)
    rest = line
    while rest and len(rest) > MOST_LINE and not rest.endswith(b"\n"):
        rest = file.readline(MOST_LINE + 1)
    return line
