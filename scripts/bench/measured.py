"""What the programs in this folder have in common: a server, clients, and a verdict.

A server is a child of the program and ends with it, also on Ctrl-C. Children are in a
process group of their own, so that Ctrl-C reaches only the program, which then stops
them in order; otherwise a server stopped by the key would look like one that crashed.
"""

import argparse
import asyncio
import http.client
import json
import os
import resource
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent.parent

# A server that has not said where it listens by then will not say it.
START_PATIENCE_S = 20

# A server drains for 1 s; one that is still there after this long is killed.
STOP_PATIENCE_S = 10

# A question to /api/stats that takes longer is a fault of its own.
STATS_PATIENCE_S = 10

MIB = 1024 * 1024


# The command line and the verdict.


def options(doc: str, **names: Any) -> argparse.ArgumentParser:
    """A parser whose help is the program's own docstring."""
    parser = argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter, **names
    )
    parser.add_argument(
        "--json", action="store_true", help="print the figures as JSON, and no table"
    )
    parser.add_argument(
        "--bin-dir",
        type=Path,
        metavar="DIR",
        help="take the programs from this folder instead of building them with cargo",
    )
    return parser


@dataclass
class Verdict:
    """The rows of the table, and the sentences on what did not hold."""

    program: str
    rows: list[tuple[str, str]] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def row(self, what: str, figure: str) -> None:
        self.rows.append((what, figure))

    def promise(self, what: str, figure: str, held: bool, otherwise: str) -> None:
        """A row that is a promise; `otherwise` is the sentence if it does not hold."""
        self.row(what, figure if held else f"{figure} (**broken**)")
        if not held:
            self.broken.append(otherwise)

    def print(self, as_json: bool) -> int:
        """Prints everything; the exit status."""
        if as_json:
            rows = [{"what": what, "figure": figure} for what, figure in self.rows]
            print(
                json.dumps(
                    {
                        "program": self.program,
                        "held": not self.broken,
                        "broken": self.broken,
                        "rows": rows,
                        "figures": self.figures,
                    },
                    indent=2,
                )
            )
        else:
            print("| what | figure |\n| --- | ---: |")
            for what, figure in self.rows:
                print(f"| {what} | {figure} |")
        sys.stdout.flush()
        for sentence in self.broken:
            print(f"{self.program}: broken: {sentence}", file=sys.stderr)
        if not self.broken:
            print(f"{self.program}: every promise held", file=sys.stderr)
        return 1 if self.broken else 0


class Trouble(Exception):
    """The measurement itself could not be made; the message says what to do."""


def run(program: str, measure: Callable[[], Awaitable[int]]) -> int:
    """Runs a program to its exit status: 1 as well where it could not measure."""
    if not Path("/proc/self/fd").is_dir():
        print(
            f"{program}: there is no /proc here; run this on Linux.", file=sys.stderr
        )
        return 1
    # Set even where a shell started this in the background, with Ctrl-C switched off: a
    # plain `kill` then ends the program as Ctrl-C does, with its children.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        return asyncio.run(measure())
    except Trouble as trouble:
        print(f"{program}: {trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"{program}: stopped", file=sys.stderr)
        return 130


def say(sentence: str) -> None:
    """What is going on, where it is not in the way of the table."""
    print(sentence, file=sys.stderr, flush=True)


def seconds(value: float) -> str:
    return f"{value:.3f} s"


def mib(value: float) -> str:
    return f"{value / MIB:.1f} MiB"


# The programs under test.

# Always all of them: built in another company, each would have other features of the
# libraries switched on, and cargo would compile everything once more.
PACKAGES = [
    "slow-server", "dense-server", "client-async", "client-hybrid", "client-threads",
]


def programs(names: list[str], bin_dir: Path | None) -> dict[str, Path]:
    """The path of each release program, built if need be."""
    all_of_them = [word for name in PACKAGES for word in ("-p", name)]
    paths = found(names, bin_dir) if bin_dir else built(*all_of_them)
    for name in names:
        if name not in paths or not paths[name].is_file():
            raise Trouble(
                f"there is no {name} in {bin_dir}; leave out --bin-dir to build it."
            )
    return paths


def found(names: list[str], folder: Path) -> dict[str, Path]:
    return {name: (folder / name).resolve() for name in names}


def built(*what: str) -> dict[str, Path]:
    """Builds programs. Cargo says itself where it puts them, wherever that is."""
    command = ["cargo", "build", "--release", "--locked", *what]
    say(f"builds: {' '.join(command)}")
    command.append("--message-format=json-render-diagnostics")
    try:
        done = subprocess.run(
            command, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8"
        )
    except FileNotFoundError:
        raise Trouble("there is no cargo here; install Rust with rustup.") from None
    if done.returncode != 0:
        raise Trouble("cargo cannot build the programs; see above.")
    messages = [json.loads(line) for line in done.stdout.splitlines()]
    return {
        message["target"]["name"]: Path(message["executable"])
        for message in messages
        if message["reason"] == "compiler-artifact" and message["executable"]
    }


def raise_open_files(needed: int) -> None:
    """Lets this program, and what it starts, open `needed` files."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise Trouble(
            f"{needed} open files are needed, and this user may have {hard}; raise "
            "the hard limit (`ulimit -Hn`), or ask for fewer connections."
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class Server:
    """A server of ours on a free port of this machine, while the `with` lasts."""

    def __init__(
        self, program: Path, *flags: str, open_files: int | None = None
    ) -> None:
        self.command = [str(program), "--addr", "127.0.0.1:0", *flags]
        if open_files is not None:
            # The shell sets the hard limit too, which the server cannot raise again,
            # and then becomes the server: the process is still the child started here.
            line = f'ulimit -n {open_files}; exec "$@"'
            self.command = ["sh", "-c", line, "sh", *self.command]

    def __enter__(self) -> "Server":
        # A file and not a pipe: nobody has to read it for the server to go on.
        self.log_file = tempfile.TemporaryFile("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self.log_file,
            process_group=0,
        )
        try:
            self.url = self.announced()
        except BaseException:
            self.end()
            raise
        self.host, self.port = urlsplit(self.url).hostname, urlsplit(self.url).port
        return self

    def __exit__(self, *_error: object) -> None:
        self.end()

    def announced(self) -> str:
        """The address in the first line that the server prints."""
        stdout = self.process.stdout
        ready, _, _ = select.select([stdout], [], [], START_PATIENCE_S)
        line = stdout.readline().decode() if ready else ""
        urls = [word for word in line.split() if word.startswith("http://127.0.0.1:")]
        if not urls:
            raise Trouble(f"the server did not start: {line}{self.log()}")
        return urls[0]

    def end(self) -> None:
        """Stops the server, and kills it if it does not."""
        if self.process.returncode is None:
            self.signal(signal.SIGINT)
            try:
                self.process.wait(STOP_PATIENCE_S)
            except subprocess.TimeoutExpired:
                say("the server does not stop, so it is killed")
                self.process.kill()
                self.process.wait()
        self.process.stdout.close()
        self.log_file.close()

    def signal(self, which: signal.Signals) -> None:
        self.process.send_signal(which)

    async def exit(self, patience_s: float) -> tuple[int | None, float]:
        """Waits for the exit: its status, or `None` if none came, and when it was.

        Waits on the process itself, since `wait` with a timeout looks now and then.
        """
        exited = asyncio.Event()
        handle = os.pidfd_open(self.process.pid)
        loop = asyncio.get_running_loop()
        loop.add_reader(handle, exited.set)
        try:
            await asyncio.wait_for(exited.wait(), patience_s)
        except TimeoutError:
            return None, time.monotonic()
        finally:
            loop.remove_reader(handle)
            os.close(handle)
        return self.process.wait(), time.monotonic()

    @property
    def is_up(self) -> bool:
        return self.process.poll() is None

    def log(self) -> str:
        """What it wrote to standard error so far."""
        # By position, since the server shares the place in the file at which it writes.
        return os.pread(self.log_file.fileno(), 10 * MIB, 0).decode(errors="replace")

    def stats(self) -> dict[str, Any]:
        """The answer to `GET /api/stats`. It blocks, so keep it out of busy loops."""
        connection = http.client.HTTPConnection(
            self.host, self.port, timeout=STATS_PATIENCE_S
        )
        try:
            connection.request("GET", "/api/stats")
            return json.loads(connection.getresponse().read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            end = "" if self.is_up else ", and has ended"
            raise Trouble(
                f"the server does not answer /api/stats{end}: {error}"
            ) from None
        finally:
            connection.close()

    # What the kernel says of it.

    def status(self, name: str) -> int:
        """A number from /proc/PID/status."""
        for line in self.proc("status").splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1])
        raise Trouble(f"/proc says nothing of the server's {name}; has it ended?")

    def rss(self) -> int:
        """Resident memory, in bytes."""
        return self.status("VmRSS") * 1024

    def threads(self) -> int:
        return self.status("Threads")

    def open_files(self) -> int:
        try:
            return len(os.listdir(f"/proc/{self.process.pid}/fd"))
        except OSError:
            raise Trouble("the server has ended") from None

    def cpu_s(self) -> float:
        """Seconds of CPU time, in user and kernel mode."""
        # The name in brackets may have spaces, so count from behind it.
        fields = self.proc("stat").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def proc(self, name: str) -> str:
        try:
            return Path(f"/proc/{self.process.pid}/{name}").read_text()
        except OSError:
            raise Trouble("the server has ended") from None


async def eventually(
    reached: Callable[[], bool], patience_s: float, pause_s: float = 0.05
) -> bool:
    """Whether it came to that in time."""
    until = time.monotonic() + patience_s
    while not reached():
        if time.monotonic() > until:
            return False
        await asyncio.sleep(pause_s)
    return True


# Clients.


async def client(
    program: Path,
    url: str,
    *flags: str,
    patience_s: float = 120,
    kill_after_s: float | None = None,
) -> dict[str, Any] | None:
    """The report of a whole run; `None` if it was killed on purpose before its end."""
    process = await asyncio.create_subprocess_exec(
        program,
        "--url",
        url,
        "--json",
        "--quiet",
        *flags,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        process_group=0,
    )
    # Begun at once, so that the client never waits for its output to be read.
    ended = asyncio.ensure_future(process.communicate())
    try:
        if kill_after_s is not None:
            done, _ = await asyncio.wait({ended}, timeout=kill_after_s)
            if not done:
                process.kill()
                await ended
                return None
        output, errors = await asyncio.wait_for(asyncio.shield(ended), patience_s)
    except TimeoutError:
        raise Trouble(f"{program.name} has not ended after {patience_s} s") from None
    finally:
        if process.returncode is None:
            process.kill()
        await ended
    try:
        return json.loads(output)
    except ValueError:
        said = errors.decode(errors="replace").strip()
        raise Trouble(
            f"{program.name} ended with {process.returncode} and no report: {said}"
        ) from None


def ends(report: dict[str, Any]) -> str:
    """How the requests of a run ended, for a sentence."""
    names = ("ok", "failed", "timed_out", "not_sent")
    counts = ", ".join(f"{report[name]} {name}" for name in names)
    kinds = ", ".join(f"{error['count']} {error['kind']}" for error in report["errors"])
    return f"{counts}{f' ({kinds})' if kinds else ''}"


# Raw connections.

PAGE = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"


class Raw(asyncio.Protocol):
    """A connection that notes what comes and when it ends."""

    def __init__(self, first: bytes = b"") -> None:
        self.first = first
        self.got = b""
        self.opened_at: float | None = None
        self.closed_at: float | None = None
        self.error: Exception | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.opened_at = time.monotonic()
        transport.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )
        if self.first:
            transport.write(self.first)

    def data_received(self, data: bytes) -> None:
        self.got += data

    def connection_lost(self, error: Exception | None) -> None:
        self.closed_at = time.monotonic()
        self.error = error

    @property
    def is_open(self) -> bool:
        return self.opened_at is not None and self.closed_at is None

    @property
    def lasted_s(self) -> float:
        return self.closed_at - self.opened_at

    def close(self) -> None:
        """Ends the connection from this side, with a reset: no port stays behind."""
        if self.opened_at is not None:
            self.transport.abort()


async def connect(server: Server, raws: list[Raw], at_once: int = 100) -> None:
    """Opens them all, and begins each with its first bytes."""
    loop = asyncio.get_running_loop()
    # Fewer at once than any backlog, so that nobody is dropped and tries again later.
    room = asyncio.Semaphore(at_once)

    async def open_one(raw: Raw) -> None:
        async with room:
            try:
                await loop.create_connection(lambda: raw, server.host, server.port)
            except OSError as error:
                raise Trouble(f"the server cannot be connected to: {error}") from None

    await asyncio.gather(*(open_one(raw) for raw in raws))


def middle(values: list[float]) -> float:
    """The median, and not an error where there is nothing."""
    return median(values) if values else float("nan")
