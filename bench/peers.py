#!/usr/bin/env python3
"""Compares our clients and servers with widely used tools, and prints Markdown.

    bench/peers.py                       all but ten million requests: half an hour
    bench/peers.py --part work --quick   small and once, to see that it works
    bench/peers.py --part moonshot       ten million requests: 24 GiB of memory, 4 minutes

All take turns against slow-server or dense-server, and a figure is the median of the rounds.
oha (`cargo install oha`), h2load (package nghttp2-client) and wrk are left out where they
are not on the PATH; the peers in Python are installed under target/bench.
"""

import argparse
import contextlib
import json
import os
import re
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent

# As many HTTP/2 connections as our clients make; h2load and oha share the requests out.
H2, H2_MILLION = "-c 50 -p 2000", "-c64 -m15625"

# Each part: requests, the delay in seconds that has them all in flight, the server
# and the clients, which are given the URL and the number of requests.
PARTS = {
    "hundred": (100, 3, "slow-server", (
        "client-async", "client-hybrid", "oha -c 100", "aiohttp", "aiomultiprocess")),
    "thousand": (1000, 3, "slow-server", (
        "client-async", "client-hybrid", "client-async --transport hyper",
        "client-hybrid --transport hyper", "client-hybrid --transport h2", "oha -c 1000",
        "aiohttp")),
    "ten-thousand": (10_000, 3, "slow-server", (
        "client-async", "client-hybrid", "client-async --transport hyper",
        "client-hybrid --transport hyper", "client-hybrid --transport h2", "oha -c 10000",
        "aiohttp", "h2load --h1 -c10000")),
    "http2": (100_000, 3, "slow-server", (
        "client-hybrid --transport h2", "client-async --transport h2",
        "client-async --transport reqwest-h2", f"oha --http2 {H2}", "h2load -c50 -m2000")),
    "http2-dense": (100_000, 3, "dense-server", (
        "client-hybrid --transport h2", "client-async --transport h2",
        "client-async --transport reqwest-h2", f"oha --http2 {H2}", "h2load -c50 -m2000")),
    "million": (1_000_000, 20, "dense-server", (
        "client-hybrid --transport h2", "client-async --transport h2",
        f"h2load {H2_MILLION}")),
    "work": (1000, 0.1, "slow-server", (
        "client-async --cpu-work 2ms --worker-threads 1", "client-hybrid --cpu-work 2ms")),
    "moonshot": (10_000_000, 180, "dense-server", ("client-hybrid --transport h2",)),
}
PROGRAMS = ("slow-server", "dense-server", "client-async", "client-hybrid")

# The throughput of each server without a delay, over keep-alive connections.
WRK = "wrk -t1 -c64 -d5s"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--part", action="append", choices=[*PARTS, "servers"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    rounds = 1 if args.quick else args.rounds
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

    folder = built()
    for name in args.part or [*PARTS, "servers"]:
        if name == "servers":
            print(servers(folder, rounds), flush=True)
        elif name != "moonshot" or args.part:
            requests, delay_s, server, clients = PARTS[name]
            if args.quick:
                requests, delay_s = min(requests, 1000), min(delay_s, 0.2)
            part = Part(requests, delay_s, folder / server, clients)
            print(f"## {name.replace('-', ' ').capitalize()}\n")
            print(part.table(folder, 1 if name == "moonshot" else rounds), flush=True)
    return 0


def built() -> Path:
    """The folder of the release programs."""
    command = ["cargo", "build", "--release", "--locked", "--example", "plain_axum"]
    command += [word for name in PROGRAMS for word in ("--package", name, "--bin", name)]
    subprocess.run(command, cwd=ROOT, check=True)
    metadata = ["cargo", "metadata", "--no-deps", "--format-version", "1"]
    said = subprocess.run(metadata, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    return Path(json.loads(said)["target_directory"]) / "release"


def python() -> str:
    """A Python that has the libraries of requirements.txt."""
    home = ROOT / "target" / "bench" / "python"
    program = home / "bin" / "python"
    if not program.is_file():
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
    install = [program, "-m", "pip", "install", "-q", "-r", HERE / "requirements.txt"]
    subprocess.run(install, check=True)
    return str(program)


# One client after another.


@dataclass
class Run:
    """One run of a client, measured from outside except for its time."""

    elapsed_s: float
    ok: int
    cpu_s: float
    memory: int
    server_memory: int
    server_peak: int


@dataclass
class Part:
    """A number of requests by each client, with a response from the server after a delay."""

    requests: int
    delay_s: float
    server: Path
    clients: tuple[str, ...]

    def table(self, folder: Path, rounds: int) -> str:
        runs: dict[str, list[Run]] = {client: [] for client in self.clients}
        problems: dict[str, str] = {}
        for number in range(rounds):
            for client in self.clients:
                if client in problems:
                    continue
                print(f"round {number + 1} of {rounds}: {client}", file=sys.stderr)
                try:
                    runs[client].append(self.run(client, folder))
                except (OSError, ValueError, LookupError, subprocess.CalledProcessError) as e:
                    problems[client] = f"not measured: {e}"
        text = (f"{self.requests:,} requests, with a response from {self.server.name} after "
                f"{self.delay_s:g} s; median of {rounds}.\n\n")
        text += row("", "time", "overhead", "lowest to highest", "CPU", "memory, MB",
                    "server, MB", "most in flight", "failed in all")
        text += row("---", *["---:"] * 8)
        for client in self.clients:
            problem = problems.get(client)
            cells = [problem, *[""] * 7] if problem else self.cells(runs[client])
            text += row(client, *cells)
        return text

    def run(self, client: str, folder: Path) -> Run:
        tool, *flags = client.split()
        flags = ["-n", str(self.requests), *flags]
        delay = ("--delay", f"{self.delay_s * 1000:.0f}ms", "--max-delay", "1h")
        with listening(str(self.server), "--addr", "127.0.0.1:0", *delay) as (process, url):
            if tool.startswith("client-"):
                flags += ["--json", "--quiet", "--timeout", f"{60 + 2 * self.delay_s:.0f}s"]
                command = [str(folder / tool), *flags, "--url", url]
            elif tool == "oha":
                command = ["oha", "--no-tui", "--output-format", "json", *flags, url]
            elif tool == "h2load":
                command = ["h2load", *flags, url]
            else:
                peers = str(HERE / "python_peers.py")
                command = [python(), peers, tool, url, str(self.requests)]
            said, cpu_s, memory = outcome(command, 120 + 4 * self.delay_s)
            elapsed_s, ok = read(tool, said)
            with urllib.request.urlopen(f"{url}/api/stats") as answer:
                peak = json.load(answer)["peak_in_flight"]
            return Run(elapsed_s, ok, cpu_s, memory, peak_memory(process.pid), peak)

    def cells(self, runs: list[Run]) -> list[str]:
        over = [run.elapsed_s - self.delay_s for run in runs]
        return [
            f"{median(run.elapsed_s for run in runs):.3f} s",
            f"**{seconds(median(over))}**",
            f"{seconds(min(over))} to {seconds(max(over))}",
            seconds(median(run.cpu_s for run in runs)),
            f"{median(run.memory for run in runs) / 1e6:,.1f}",
            f"{median(run.server_memory for run in runs) / 1e6:,.1f}",
            f"{min(run.server_peak for run in runs):,}",
            f"{sum(self.requests - run.ok for run in runs):,}",
        ]


def row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"


def seconds(value: float) -> str:
    return f"{value * 1000:.1f} ms" if abs(value) < 0.1 else f"{value:.2f} s"


def outcome(command: list[str], patience_s: float) -> tuple[str, float, int]:
    """What it prints, the CPU time of it and its children, and its own peak of memory."""
    until, memory = time.monotonic() + patience_s, 0
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output)
        while (ended := os.wait4(process.pid, os.WNOHANG))[0] == 0:
            # Not `ru_maxrss`, in which this program has its share from before the exec.
            memory = peak_memory(process.pid) or memory
            if time.monotonic() > until:
                process.kill()
            time.sleep(0.005)
        process.returncode = os.waitstatus_to_exitcode(ended[1])
        output.seek(0)
        return output.read(), ended[2].ru_utime + ended[2].ru_stime, memory


def peak_memory(pid: int) -> int:
    """The most that was resident, in bytes; 0 of one that has ended."""
    peak = re.search(r"VmHWM:\s*(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(peak[1]) * 1024 if peak else 0


def read(tool: str, said: str) -> tuple[float, int]:
    """A tool's own time for all requests in seconds, and how many got the page."""
    if tool == "h2load":
        took = re.search(r"finished in ([\d.]+)(ms|s)", said)
        succeeded = re.search(r"(\d+) succeeded", said)
        if not (took and succeeded):
            raise ValueError("h2load reports nothing")
        return float(took[1]) / (1000 if took[2] == "ms" else 1), int(succeeded[1])
    report = json.loads(said)
    if tool == "oha":
        ok = report["statusCodeDistribution"].get("200", 0)
        return report["summary"]["total"], ok
    return report["elapsed_s"], report["ok"]


@contextlib.contextmanager
def listening(*command: str, port: int = 0) -> Iterator[tuple[subprocess.Popen, str]]:
    """A server and its URL, at `port` or where its first line says."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        if not port:
            url = re.search(r"http://\S+", process.stdout.readline().decode())[0]
        else:
            url = f"http://127.0.0.1:{port}"
            until = time.monotonic() + 20
            with socket.socket() as probe:
                while probe.connect_ex(("127.0.0.1", port)) and time.monotonic() < until:
                    time.sleep(0.05)
        yield process, url
    finally:
        process.terminate()
        process.communicate()


# Servers without a delay.


def servers(folder: Path, rounds: int) -> str:
    """Requests per second that each server serves, over keep-alive connections."""
    if not shutil.which("wrk"):
        return "## Servers\n\nNot measured: there is no wrk here.\n"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    flask = [python(), str(HERE / "python_peers.py"), "flask", str(port)]
    commands = {
        "axum::serve": ([str(folder / "examples" / "plain_axum"), str(port)], port),
        "slow-server": ([str(folder / "slow-server"), "--addr", "127.0.0.1:0",
                         "--delay", "0s"], 0),
        "Flask, threaded": (flask, port),
    }
    rates: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, (command, port) in commands.items():
            with listening(*command, port=port) as (_, url):
                said, *_ = outcome([*WRK.split(), url], 60)
            rates[name].append(float(re.search(r"Requests/sec:\s*([\d.]+)", said)[1]))
    plain = median(rates["axum::serve"])
    text = f"## Servers\n\nWithout a delay, over keep-alive connections of HTTP/1.1: `{WRK} URL`.\n\n"
    text += row("", "requests per second", "of axum::serve", "lowest to highest")
    text += row("---", *["---:"] * 3)
    for name, of in rates.items():
        text += row(name, f"{median(of):,.0f}", f"{median(of) / plain:.2f}",
                    f"{min(of):,.0f} to {max(of):,.0f}")
    return text


if __name__ == "__main__":
    sys.exit(main())
