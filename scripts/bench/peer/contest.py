"""One contest: several commands against one server, in turns, with medians."""

import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from measured import Server, Trouble, say
from peer.process import Ended, run


@dataclass(frozen=True)
class Entrant:
    """A command, in which URL and PORT stand for those of the server, and how to read it."""

    name: str
    command: tuple[str, ...]
    # Its own time for all requests in seconds, and how many got the page.
    read: Callable[[Ended], tuple[float, int]]
    # The tool that it needs beside our own programs.
    tool: str = ""


@dataclass
class Measured:
    """One run of an entrant."""

    elapsed_s: float
    ok: int
    cpu_s: float
    peak_bytes: int
    server_peak: int
    server_bytes: int
    server_cpu_s: float


@dataclass
class Result:
    """All runs of an entrant, or why there are none."""

    name: str
    command: str
    runs: list[Measured] = field(default_factory=list)
    problem: str = ""

    def middle(self, figure: str) -> float:
        return median(getattr(run, figure) for run in self.runs)


@dataclass
class Contest:
    """`requests` by each entrant, against a server of ours with this delay."""

    title: str
    requests: int
    delay_s: float
    server: str
    entrants: list[Entrant]
    # Left out, and why.
    absent: dict[str, str] = field(default_factory=dict)

    def hold(self, program: Any, rounds: int, missing: dict[str, str]) -> dict[str, Any]:
        results = {e.name: Result(e.name, shown(e.command)) for e in self.entrants}
        for entrant in self.entrants:
            if entrant.tool in missing:
                results[entrant.name].problem = f"missing: {missing[entrant.tool]}"
        for number in range(rounds):
            for entrant in self.entrants:
                result = results[entrant.name]
                if not result.problem:
                    say(f"{self.title}, round {number + 1} of {rounds}: {entrant.name}")
                    self.measure(program, entrant, result)
        for name, why in self.absent.items():
            results[name] = Result(name, "", problem=f"left out: {why}")
        return {
            "title": self.title,
            "requests": self.requests,
            "delay_s": self.delay_s,
            "server": self.server,
            "results": [asdict(result) for result in results.values()],
        }

    def measure(self, program: Any, entrant: Entrant, result: Result) -> None:
        with Server(program, "--delay", f"{self.delay_s * 1000:.0f}ms",
                    "--max-delay", "1h") as server:
            command = [word.replace("URL", server.url) for word in entrant.command]
            ended = run(command, patience_s=120 + 4 * self.delay_s)
            try:
                elapsed_s, ok = entrant.read(ended)
            except (ValueError, KeyError, AttributeError):
                last = (ended.stderr.strip() or ended.stdout.strip()).splitlines()
                result.problem = f"it failed: {last[-1] if last else ended.status}"
                return
            stats = server.stats()
            result.runs.append(
                Measured(
                    elapsed_s=elapsed_s,
                    ok=ok,
                    cpu_s=ended.cpu_s,
                    peak_bytes=ended.peak_bytes,
                    server_peak=stats["peak_in_flight"],
                    server_bytes=server.status("VmHWM") * 1024,
                    server_cpu_s=server.cpu_s(),
                )
            )


def shown(command: tuple[str, ...]) -> str:
    """As a reader would type it: a program by its name, without its folder."""
    words = [word.rsplit("/", 1)[-1] if "/" in word and "URL" not in word else word
             for word in command]
    return " ".join(words)


# How the commands are made.


def our_client(
    name: str, program: Any, requests: int, timeout_s: float, *flags: str
) -> Entrant:
    """A client of ours."""
    command = (str(program), "--json", "--quiet", "--url", "URL",
               "-n", str(requests), "--timeout", f"{timeout_s:.0f}s", *flags)
    return Entrant(name, command, ours)


def oha_client(path: str, requests: int, *flags: str) -> Entrant:
    command = (path, "--no-tui", "--output-format", "json", "-n", str(requests),
               *flags, "URL")
    return Entrant("oha", command, oha, "oha")


# How the outputs are read.


def ours(ended: Ended) -> tuple[float, int]:
    report = json.loads(ended.stdout)
    return report["elapsed_s"], report["ok"]


def oha(ended: Ended) -> tuple[float, int]:
    report = json.loads(ended.stdout)
    return report["summary"]["total"], report["statusCodeDistribution"].get("200", 0)


def h2load(ended: Ended) -> tuple[float, int]:
    time = re.search(r"finished in ([\d.]+)(ms|s)", ended.stdout)
    done = re.search(r"(\d+) succeeded", ended.stdout)
    return float(time[1]) / (1000 if time[2] == "ms" else 1), int(done[1])


def wrk(stdout: str) -> float:
    """Requests a second."""
    return float(re.search(r"Requests/sec:\s*([\d.]+)", stdout)[1])


def script(ended: Ended) -> tuple[float, int]:
    report = json.loads(ended.stdout.splitlines()[-1])
    return report["elapsed_s"], report["ok"]


__all__ = [
    "Contest", "Entrant", "Trouble", "h2load", "oha", "oha_client", "our_client", "ours",
    "script", "wrk",
]
