"""The pictures in docs/pictures/: those of a terminal, which are text, and what those of a
browser are made from.

A picture of a terminal has its text as text: it can be read aloud, searched and copied. It
is dark on a light page and on a dark one, as a terminal is.
"""

import hashlib
import re
import subprocess
import sys
from html import escape, unescape
from pathlib import Path

from programs import ROOT

FOLDER = ROOT / "docs" / "pictures"

# Beside the pictures of a browser: the hash of what they were made from. Two pictures of
# one page are never the same to the pixel, so they are not compared themselves.
STAMP = FOLDER / "browser.sha256"
SOURCES = ("slow-server/page/**/*.*", "compare/src/page/*.[!r]*", "browser/pictures.mjs")

ADVANCE, LINE, MARGIN = 8.4, 19, 16  # pixels: one column, one row, the frame
BASE = MARGIN + 14  # pixels: the foot of the first row
WIDE = "[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60]"  # characters of two columns
STYLE = "font: 14px ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace"


def draw(lines: list[str]) -> str:
    """The picture of a terminal with these lines, the first of which is the command."""
    width = max(80, *map(columns, lines)) * ADVANCE + 2 * MARGIN
    height = len(lines) * LINE + 2 * MARGIN
    title = lines[0].removeprefix("$ ")
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" '
        f'width="{width:.0f}" height="{height}" role="img">',
        f"<title>The output of {escape(title)}</title>",
        '<rect width="100%" height="100%" rx="8" fill="#1b1f27"/>',
        f'<g fill="#d8dee9" style="{STYLE}; white-space: pre">',
    ]
    for row, line in enumerate(lines):
        column = 0
        for piece in re.findall(f"{WIDE}+|[^{WIDE[1:]}+", line):
            # A fixed length keeps the columns in line, whatever fonts there are.
            parts.append(
                f'<text x="{MARGIN + column * ADVANCE:g}" y="{BASE + row * LINE}" '
                f'textLength="{columns(piece) * ADVANCE:.1f}" '
                f'xml:space="preserve">{escape(piece)}</text>'
            )
            column += columns(piece)
    return "\n".join([*parts, "</g>\n</svg>\n"])


def columns(text: str) -> int:
    return len(text) + len(re.findall(WIDE, text))


def read(picture: str) -> list[str]:
    """The lines that a picture was drawn from."""
    lines: list[str] = []
    for y, text in re.findall(r'<text x="[\d.]+" y="(\d+)".*?>(.*?)</text>', picture):
        row = (int(y) - BASE) // LINE
        lines += [""] * (row + 1 - len(lines))
        lines[row] += unescape(text)
    return lines


def take(programs: Path) -> None:
    """Takes those of a browser anew."""
    command = [sys.executable, str(ROOT / "scripts" / "browser"), "--pictures", "--programs", str(programs)]
    if subprocess.run(command).returncode != 0:
        sys.exit("pictures: those of a browser could not be taken; see above")


def is_fresh() -> bool:
    """Whether those of a browser are made from what is there now."""
    return STAMP.is_file() and STAMP.read_text() == stamp()


def stamp() -> str:
    """The hash of what the pictures of a browser are made from now."""
    digest = hashlib.sha256()
    for path in sorted(path for glob in SOURCES for path in ROOT.glob(glob)):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0")
        digest.update(path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest() + "\n"
