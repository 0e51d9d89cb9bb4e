"""The commands that pages and pictures of a terminal show after a prompt."""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

import pictures
from programs import ROOT

PROMPT = "$ "
CHINESE = ".zh-CN"


@dataclass
class Example:
    """A command, and what is shown below it."""

    path: Path
    line: int
    text: str
    shown: list[str]
    # Whether its block shows no output at all.
    is_plain: bool = False

    @property
    def command(self) -> str:
        return re.split(r"\s+# ", self.text.removeprefix(PROMPT))[0].strip()

    @property
    def place(self) -> str:
        return f"{self.path.relative_to(ROOT).as_posix()}:{self.line}"


def blocks(path: Path) -> list[list[Example]]:
    """The console blocks of a page, or the one that a picture is of."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".svg":
        return [block(path, 1, pictures.read(text))]
    found = []
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines) if line == "```console"]
    for start in starts:
        end = lines.index("```", start)
        found.append(block(path, start + 2, lines[start + 1 : end]))
    if len(starts) != len(re.findall("```console", text)):
        sys.exit(f"examples: {path}: a console block that is indented")
    return found


def block(path: Path, start: int, lines: list[str]) -> list[Example]:
    found: list[Example] = []
    for number, line in enumerate(lines, start):
        if line.startswith(PROMPT):
            found.append(Example(path, number, line, []))
        elif found:
            found[-1].shown.append(line)
        else:
            sys.exit(f"examples: {path}:{number}: an output before any command")
    if not found:
        sys.exit(f"examples: {path}:{start}: no command after a prompt")
    is_plain = not any(example.shown for example in found)
    for example in found:
        # An empty line between two commands is no output.
        while example.shown and not example.shown[-1]:
            example.shown.pop()
        example.is_plain = is_plain
    return found


def write(path: Path, outputs: dict[int, list[str]]) -> None:
    """Puts each output below the command in that line."""
    if path.suffix == ".svg":
        [[example]] = blocks(path)
        path.write_text(pictures.draw([example.text, *outputs[1]]), encoding="utf-8")
        return
    lines = path.read_text(encoding="utf-8").splitlines()
    for example in reversed([example for block in blocks(path) for example in block]):
        if example.line in outputs:
            end = example.line + len(example.shown)
            lines[example.line : end] = outputs[example.line]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
