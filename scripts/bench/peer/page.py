"""docs/benchmarks.md, made from the results of a run and from nothing else."""

from statistics import median
from typing import Any

INTRODUCTION = """\
# Beside others

<!-- Made by scripts/bench/peers from a run; edit that, not this. -->

What our clients and our servers take beside the tools that people use, all in one run on one
machine, by turns, with the median of {rounds}. *Overhead* is the time above the ideal, which
is the server's delay: every request waits for it at the same time. Time is each tool's own
for all of its requests; CPU and memory are measured from outside, for all tools alike, and
include their start. Two medians closer than a fifth are not to be told apart.

To measure it on your machine: `scripts/bench/peers`. It installs the peers under
`target/bench`, and wrk and h2load with the package manager.
"""


def page(results: dict[str, Any]) -> str:
    parts = [
        INTRODUCTION.format(rounds=results["rounds"]),
        promises(results),
        *(contest(part) for part in results["contests"]),
        servers(results.get("servers")),
        curve(results),
        machine(results),
    ]
    return "\n".join(part for part in parts if part)


def table(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def middle(result: dict[str, Any], figure: str) -> float:
    return median(run[figure] for run in result["runs"])


def seconds(value: float) -> str:
    return f"{value * 1000:.1f} ms" if abs(value) < 0.1 else f"{value:.2f} s"


def megabytes(value: float) -> str:
    return f"{value / 1e6:,.1f}"


def overhead(part: dict[str, Any], result: dict[str, Any]) -> float:
    return middle(result, "elapsed_s") - part["delay_s"]


def contest(part: dict[str, Any]) -> str:
    requests, delay = part["requests"], part["delay_s"]
    header = ["", "time", "overhead", "lowest to highest", "CPU", "memory, MB",
              "server, MB", "most in flight", "failed in all"]
    rows, commands = [], []
    for result in part["results"]:
        name = result["name"]
        if result["problem"]:
            rows.append([name, result["problem"], *[""] * (len(header) - 2)])
            continue
        times = [run["elapsed_s"] - delay for run in result["runs"]]
        failed = sum(requests - run["ok"] for run in result["runs"])
        rows.append([
            name,
            f"{middle(result, 'elapsed_s'):.3f} s",
            f"**{seconds(median(times))}**",
            f"{seconds(min(times))} to {seconds(max(times))}",
            seconds(middle(result, "cpu_s")),
            megabytes(middle(result, "peak_bytes")),
            megabytes(middle(result, "server_bytes")),
            f"{min(run['server_peak'] for run in result['runs']):,}",
            f"{failed:,}",
        ])
        commands.append(f"    {result['command']}\n")
    text = f"## {part['title']}\n\n{requests:,} requests, each answered by {part['server']} "
    text += f"after {delay:g} s.\n\n"
    return f"{text}{table(header, rows)}\n{''.join(commands)}"


def servers(part: dict[str, Any] | None) -> str:
    if not part:
        return ""
    plain = part["medians"]["axum::serve"]
    rows = [
        [name, f"{rate:,.0f}", f"{rate / plain:.2f}",
         f"{min(part['rates'][name]):,.0f} to {max(part['rates'][name]):,.0f}"]
        for name, rate in part["medians"].items()
    ]
    header = ["", "requests a second", "of axum::serve", "lowest to highest"]
    return (
        "## Servers\n\nWithout a delay, over kept connections of HTTP/1.1.\n\n"
        f"{table(header, rows)}\n    {part['command']}\n"
    )


def cpu_each(results: dict[str, Any]) -> dict[int, float]:
    """Microseconds of CPU for each request, by their number, of one client over HTTP/2."""
    each = {}
    for part in results["contests"]:
        for result in part["results"]:
            if result["name"] == "client-hybrid, h2" and result["runs"]:
                each[part["requests"]] = (
                    middle(result, "cpu_s") * 1e6 / part["requests"]
                )
    return dict(sorted(each.items()))


def curve(results: dict[str, Any]) -> str:
    each = cpu_each(results)
    if len(each) < 2:
        return ""
    rows = [[f"{n:,}", f"{micros:.1f} µs"] for n, micros in each.items()]
    return (
        "## The curve\n\nCPU of client-hybrid for each request, over HTTP/2, from its start "
        f"to its end.\n\n{table(['requests', 'CPU each'], rows)}"
    )


def machine(results: dict[str, Any]) -> str:
    lines = [f"- {what}: {which}\n" for what, which in results["machine"].items()]
    lines += [f"- {name} {version}\n" for name, version in results["versions"].items()]
    lines += [f"- {name} is missing: {why}\n" for name, why in results["missing"].items()]
    return f"## The machine\n\n{''.join(lines)}"


# What was promised, and what came out.


def promises(results: dict[str, Any]) -> str:
    found = {
        (part["requests"], part["server"], result["name"]): (part, result)
        for part in results["contests"]
        for result in part["results"]
        if result["runs"]
    }
    rows: list[list[str]] = []

    def row(what: str, promised: str, figure: str, held: bool) -> None:
        rows.append([what, promised, figure if held else f"{figure} (**not met**)"])

    def over(requests: int, name: str, server: str = "slow-server") -> float | None:
        pair = found.get((requests, server, name))
        return overhead(*pair) if pair else None

    oha = over(100, "oha")
    for name in ("client-async", "client-hybrid"):
        own = over(100, name)
        if own is not None and oha is not None:
            row(f"{name}, 100 requests at 3 s: overhead",
                f"at most 8 ms, and below oha's {seconds(oha)}",
                seconds(own), own <= 0.008 and own < oha)
    oha = over(10_000, "oha")
    for name, share in (("client-async", 0.8), ("client-async, hyper", 0.5)):
        own = over(10_000, name)
        if own is not None and oha is not None:
            row(f"{name}, 10,000: overhead", f"at most {share} of oha's {seconds(oha)}",
                f"{seconds(own)}, {own / oha:.2f}", own <= share * oha)
    hyper = found.get((10_000, "slow-server", "client-async, hyper"))
    if hyper and oha is not None:
        result = hyper[1]
        other = middle(found[10_000, "slow-server", "oha"][1], "peak_bytes")
        own = middle(result, "peak_bytes")
        row("client-async, hyper, 10,000: memory", "at most 0.75 of oha's",
            f"{megabytes(own)} MB, {own / other:.2f}", own <= 0.75 * other)
        server = middle(result, "server_bytes") / 10_000
        row("slow-server, 10,000: memory of each that waits", "at most 16 kB",
            f"{server / 1e3:.1f} kB", server <= 16_000)
    for requests, name, most_s, most_bytes in (
        (100_000, "client-hybrid, h2", 0.4, 200e6),
        (100_000, "client-async, reqwest-h2", 1.4, None),
        (1_000_000, "client-hybrid, h2", 5, 1.6e9),
        (10_000_000, "client-hybrid, h2", 38, 16e9),
    ):
        own = over(requests, name, "dense-server")
        if own is None:
            continue
        result = found[requests, "dense-server", name][1]
        row(f"{name}, {requests:,} in flight at once at dense-server: overhead",
            f"at most {most_s} s", seconds(own), own <= most_s)
        if most_bytes:
            both = middle(result, "peak_bytes") + middle(result, "server_bytes")
            row(f"{name}, {requests:,}: both together", f"at most {most_bytes / 1e6:,.0f} MB",
                f"{both / 1e6:,.0f} MB", both <= most_bytes)
        lost = sum(requests - run["ok"] for run in result["runs"])
        row(f"{name}, {requests:,}: failures", "none", f"{lost:,}", lost == 0)
    part = results.get("servers")
    if part:
        ratio = part["medians"]["slow-server"] / part["medians"]["axum::serve"]
        row("slow-server without a delay: requests a second",
            "at least 0.95 of axum::serve's", f"{ratio:.2f}", ratio >= 0.95)
    work = {r["name"]: (p, r) for p in results["contests"] if p["title"] == "Work"
            for r in p["results"] if r["runs"]}
    if len(work) == 2:
        one, both_cpus = (middle(r, "elapsed_s") for _, r in work.values())
        row("2 ms of work on each of 1,000 answers: hybrid against async on one thread",
            "at least 1.8 times as fast", f"{one / both_cpus:.2f}", one / both_cpus >= 1.8)
    each = cpu_each(results)
    if 1000 in each and 1_000_000 in each:
        growth = each[1_000_000] / each[1000]
        row("CPU of the client for each request, 1,000,000 against 1,000",
            "at most 1.5 times", f"{growth:.2f}", growth <= 1.5)
    if not rows:
        return ""
    return f"## Promised and measured\n\n{table(['', 'promised', 'measured'], rows)}"
