"""Whether two outputs of a command say the same, if what differs on each run is left out."""

import difflib
import re

# A line of a page that stands for any lines.
ANY = "…"

UNIT = r" ?(?:ns|µs|ms|s|m|h|kB|MB|GB|%|×|秒|毫秒|微秒)(?![a-z0-9])"


def digits(least: int):
    return lambda found: re.sub(rf"\b\d{{{least},}}\b", "#", found[0])


# Applied to both sides, in this order.
VARYING = [
    (r"\d{4}-\d\d-\d\dT[\d:]+Z", "#"),  # when a file was written
    (r"\b\w{4}(-\w{4}){3}\b", "#"),  # a token
    (r"(request|请求) \d+(?=[)）])", r"\1 #"),  # the order of tasks
    (r"\b\d+m \d+s\b", "#"),
    (rf"[-+±]?\b(?:\d+\.\d+(?:{UNIT})?|\d+{UNIT})", "#"),  # what was measured
    (r"(?m)^.*p50(?:.*\n)+?(?=\s*$)", digits(1)),  # a table of latencies
    (r"(?m)^.*(?:CPU µs|每个请求 CPU)(?:.*\n)+?(?=\s*$)", digits(3)),  # that of --sweep
    (r"\b\d{4,}\b", "#"),  # a limit of the machine
    (r"(?m)^.*[│└].*\n", ""),  # a histogram, or a chart
    (r"[┣━┄▓╳▁-█]+", "━"),  # a row of a timeline
]

# Lines end elsewhere where a number has more digits, in Chinese between any two characters.
WRAPPED = [(r"\s+(?=[^\x00-\x7f])|(?<=[^\x00-\x7f])\s+", ""), (r"\s+", " ")]

# What only a busy machine makes a sentence say, once its lines are one. These sentences have
# tests of their own.
DISTURBED = [
    (r"[;,；，] ?(?:# over (?:the|its) ideal|比理想多#|超出理想#)[^.。;；]*", ""),
    (r"[;,；，] ?(?:# to start, not counted in its time|启动用了#，不计入用时)", ""),
    (r"Of \d+ runs, (?:an outlier|outliers):[^.]*\. ?|\d+次运行中的离群值：[^。]*。", ""),
    (r" from \d+ processes|，来自\d+个进程", ""),
    (r"keeps to its ideal up to \S+ requests?: only waiting takes time", "#"),
    (r"falls behind its ideal from \S+ requests? on", "#"),
    (r"直到[\d#]+个请求都与理想用时相符：只有等待花时间|从[\d#]+个请求起偏离理想用时", "#"),
]


def replaced(text: str, rules: list) -> str:
    for pattern, stand_in in rules:
        text = re.sub(pattern, stand_in, text)
    return text


def masked(lines: list[str]) -> str:
    return replaced("\n".join(lines) + "\n", VARYING)


def is_disturbed(lines: list[str]) -> bool:
    """Whether an output says what else this machine did."""
    return re.search("others used|其他程序用", "\n".join(lines)) is not None


def is_spoilt(lines: list[str]) -> bool:
    """Whether that made it another output."""
    return re.search(r"fewer, since|outliers?:|少 ?\d+ ?个，因为|离群值", " ".join(lines)) is not None


def normal(lines: list[str]) -> str:
    return replaced(masked(lines), WRAPPED + DISTURBED).strip()


def parts(shown: list[str]) -> list[list[str]]:
    """What is shown, cut at the lines that stand for any lines."""
    cut: list[list[str]] = [[]]
    for line in shown:
        if line == ANY:
            cut.append([])
        else:
            cut[-1].append(line)
    return cut


def is_same(shown: list[str], printed: list[str]) -> bool:
    wanted = ".*".join(re.escape(normal(part)) for part in parts(shown))
    return re.fullmatch(wanted, normal(printed)) is not None


def difference(shown: list[str], printed: list[str]) -> list[str]:
    """The lines that differ, with # for what is not compared."""
    sides = (masked(side).splitlines() for side in (shown, printed))
    return list(difflib.unified_diff(*sides, lineterm=""))[2:]


def renewed(shown: list[str], printed: list[str]) -> list[str]:
    """What was printed, cut as the page is: of each part, the lines that are most like it."""
    cut = parts(shown)
    lines: list[str] = []
    start = 0
    for number, part in enumerate(cut):
        is_first, is_last = number == 0, number == len(cut) - 1
        if is_first and is_last:
            return printed
        if part:
            firsts = [start] if is_first else range(start, len(printed))
            ends = [(first, first + size) for first in firsts for size in range(1, len(part) + 3)]
            if not ends:
                return shown  # nothing is left that it could be
            if is_last:
                ends = [(first, len(printed)) for first, _ in ends]
            first, start = max(ends, key=lambda it: likeness(part, printed[slice(*it)]))
            while start < len(printed) and printed[start].startswith("  "):
                start += 1  # the rest of a sentence
            lines += printed[first:start]
        if not is_last:
            lines.append(ANY)
    return lines


def likeness(part: list[str], window: list[str]) -> float:
    """Of two sentences of a table, those on the same client are more alike than any others."""
    is_on_the_same = part[0].split()[:1] == window[0].split()[:1]
    sides = difflib.SequenceMatcher(None, normal(part), normal(window), autojunk=False)
    return sides.ratio() + is_on_the_same
