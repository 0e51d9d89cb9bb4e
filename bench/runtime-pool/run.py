#!/usr/bin/env python3
"""Measures runtime-pool beside aiomultiprocess, LocalPoolHandle and Tokio's multi-thread runtime.

First aiomultiprocess's own 12 cases, each in all four ways by turns; a figure is the median
of the rounds, with the start and the end of the pool in it. Then what an empty task costs,
what a long stream takes in memory, and what one task that computes does to the others.

Exit status: 0 if runtime-pool is ahead of aiomultiprocess in all cases and takes at most
1.3 times as long as the best of the others in Rust, 1 if not.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from statistics import median

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent

# The libraries of Python, in the versions that bench/peers.py measures too.
sys.path.append(str(HERE.parent))
from peers import python  # noqa: E402

# aiomultiprocess/tests/perf.py: seconds to sleep (to block where negative), and
# tasks at a time for each of four processes, by the number of tasks.
CASES = [
    (sleeps, tasks, concurrency)
    for sleeps, least in (("0", 400), ("0.05", 400), ("-0.002,0.2,-0.002", 200))
    for tasks, concurrency in zip(
        (least, least * 2, least * 4, least * 8), (8, 16, 32, 64)
    )
]
RUST = ("runtime-pool", "local-pool", "multi-thread")
WAYS = ("aiomultiprocess", *RUST)
MOST = 1.3


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--cpu", action="store_true", help="compute where aiomultiprocess's cases block"
    )
    parser.add_argument("--stream", type=int, default=10_000_000, metavar="TASKS")
    options = parser.parse_args()
    rounds, stream = options.rounds, options.stream
    commands = ready()
    if options.cpu:
        for command in commands.values():
            command.append("--cpu")
    kept = cases(commands, rounds)
    empty_tasks(commands["rust"], rounds)
    memory(commands["rust"], stream)
    stall(commands["rust"], rounds)
    return 0 if kept else 1


def ready() -> dict[str, list[str]]:
    """Builds the program, and installs the library of Python where it is missing."""
    build = ["cargo", "build", "--release", "-p", "bench-runtime-pool"]
    build += ["--message-format", "json-render-diagnostics"]
    messages = subprocess.run(
        build, cwd=ROOT, check=True, stdout=subprocess.PIPE
    ).stdout
    built = [json.loads(line).get("executable") for line in messages.splitlines()]
    program = next(path for path in built if path)
    return {
        "rust": [program],
        "python": [python(), str(HERE / "aiomultiprocess_case.py")],
    }


def figure(command: list[str], **options: object) -> float:
    """What the program prints: seconds, or kB with --memory."""
    words = [f"--{name}={value}" for name, value in options.items()]
    done = subprocess.run(
        [*command, *words], check=True, stdout=subprocess.PIPE, text=True
    )
    return float(done.stdout)


def cases(commands: dict[str, list[str]], rounds: int) -> bool:
    """The table of the cases. Whether runtime-pool keeps what the program's text says."""
    titles = ["sleeps, s", "tasks", "at a time", *WAYS]
    titles += ["of aiomultiprocess", "of the best other in Rust"]
    print(f"| {' | '.join(titles)} |")
    print(f"| --- |{' ---: |' * (len(titles) - 1)}")
    kept = True
    for sleeps, tasks, concurrency in CASES:
        case = {"sleeps": sleeps, "tasks": tasks, "concurrency": concurrency}
        times: dict[str, list[float]] = {way: [] for way in WAYS}
        for _ in range(rounds):
            times["aiomultiprocess"].append(figure(commands["python"], **case))
            for way in RUST:
                times[way].append(figure([*commands["rust"], way], **case))
        medians = {way: median(measured) for way, measured in times.items()}
        ours = medians["runtime-pool"]
        to_python = ours / medians["aiomultiprocess"]
        to_rust = ours / min(medians["local-pool"], medians["multi-thread"])
        kept = kept and to_python < 1 and to_rust <= MOST
        cells = [sleeps, str(tasks), f"4 × {concurrency}"]
        cells += [f"{medians[way] * 1000:.1f} ms" for way in WAYS]
        cells += [f"{to_python:.3f}", f"{to_rust:.2f}"]
        print(f"| {' | '.join(cells)} |", flush=True)
    return kept


def empty_tasks(program: list[str], rounds: int) -> None:
    """What a task costs that does nothing, over a million."""
    print("\nA million empty tasks on 4 runtimes, 64 at a time on each:\n")
    for way, chunk in [(way, 1) for way in RUST] + [
        ("unordered", 1),
        ("runtime-pool", 16),
    ]:
        case = {"tasks": 1_000_000, "concurrency": 64, "chunk": chunk}
        runs = [figure([*program, way], **case) for _ in range(rounds)]
        chunks = f", chunks of {chunk}" if chunk > 1 else ""
        print(f"- {way}{chunks}: {median(runs):.2f} µs each", flush=True)


def memory(program: list[str], stream: int) -> None:
    """The most memory that a short and a long stream take."""
    print("\nMemory of a stream of empty tasks, at its peak:\n")
    for tasks in (stream // 100, stream):
        peak = figure([*program, "runtime-pool", "--memory"], tasks=tasks)
        print(f"- {tasks:,} tasks: {peak / 1000:.1f} MB", flush=True)


def stall(program: list[str], rounds: int) -> None:
    """Where a task can't move to another thread, it waits for the one that computes."""
    print("\nOne task computes for 1 s, 200 others sleep for 10 ms, on 2 threads.")
    print("The others have ended after:\n")
    case = {"tasks": 201, "runtimes": 2, "concurrency": 200, "sleeps": "0.01"}
    case["stall"] = 1
    for way in RUST:
        runs = [figure([*program, way], **case) for _ in range(rounds)]
        print(f"- {way}: {median(runs) * 1000:.0f} ms")


if __name__ == "__main__":
    sys.exit(main())
