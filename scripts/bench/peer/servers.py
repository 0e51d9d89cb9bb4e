"""The servers under one client: ours without a delay, its routes in plain axum, and Flask."""

import socket
import subprocess
import time
from pathlib import Path
from statistics import median
from typing import Any

from measured import Server, Trouble, say
from peer.contest import wrk
from peer.process import run

# Connections that ask again and again, and for how long.
CONNECTIONS = 64
SECONDS = 5

HERE = Path(__file__).resolve().parent


class Other:
    """A server of others on a free port, while the `with` lasts."""

    def __init__(self, *command: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.command = [word.replace("PORT", str(self.port)) for word in command]
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> "Other":
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            process_group=0,
        )
        until = time.monotonic() + 20
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.05)
        self.__exit__()
        raise Trouble(f"{self.command[0]} does not listen")

    def __exit__(self, *_error: object) -> None:
        self.process.terminate()
        self.process.wait()


def hold(
    programs: dict[str, Path], python: str, rounds: int, seconds: int = SECONDS
) -> dict[str, Any]:
    """Requests a second that each server answers, over kept connections."""
    servers = {
        "slow-server": lambda: Server(programs["slow-server"], "--delay", "0s"),
        "axum::serve": lambda: Other(str(programs["plain_axum"]), "PORT"),
    }
    if python:
        flask = str(HERE / "flask_server.py")
        servers["Flask, threaded"] = lambda: Other(python, flask, "PORT", "0")
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s"]
    rates: dict[str, list[float]] = {name: [] for name in servers}
    for number in range(rounds):
        for name, start in servers.items():
            say(f"requests a second, round {number + 1} of {rounds}: {name}")
            with start() as server:
                ended = run([*command, server.url], patience_s=60)
                rates[name].append(wrk(ended.stdout))
    return {
        "command": " ".join([*command, "URL"]),
        "rates": rates,
        "medians": {name: median(rate) for name, rate in rates.items()},
    }
