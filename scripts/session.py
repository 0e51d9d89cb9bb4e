"""A reader who types the commands of a page, one after another, beside the server that one of
them started."""

import os
import re
import shlex
import subprocess
import tempfile
import time
from pathlib import Path

from console import Example
from programs import ROOT

# Programs of ours by what a reader types, and those that a reader has.
OURS = [
    (r"^cargo compare\b", "target/debug/compare"),
    (r"^cargo lesson\b", "target/debug/lessons --dir my-lessons"),
    (r"^cargo run -p ([\w-]+)(?: --(?= ))?", r"target/debug/\1"),
]
OTHERS = {"cat", "curl", "python3", "export"}
SERVER, COMPARE, CLIENT = (f"target/debug/{name}" for name in ("slow-server", "compare", "client-"))

# In place of 3 s, and of 100 ms where nothing is shown that could differ.
SERVER_DELAY, COMPARE_DELAY = " --delay 50ms", " --delay 10ms"

# The same in less time, or with less that a busy machine can do to it.
IN_CHECK = [
    (" --delay 1s", " --delay 500ms"),
    (" --duration 1s", " --duration 5s --delay 500ms"),
    (" --with 'mine=", " --only mine --delay 300ms --with 'mine="),
]

# The address of this machine on its network, by what the server prints of it: one or more, or
# that there is no network.
ADDRESS = "192.168.1.20"
AN_ADDRESS = r"http://(?!127\.|0\.)\d[\d.]+:5000"
ON_NETWORK = rf"{AN_ADDRESS}(?:  (?:or|或) {AN_ADDRESS})*|this machine is on no network.*|本机没有连接网络.*"

# A terminal of 80 columns without colours, whatever this one is.
UNSET = {"CLICOLOR_FORCE", "FORCE_COLOR", "COLUMNS", "LANGUAGE", "RUST_LOG", "SLOW_SERVER_TOKEN"}
SET = {"NO_COLOR": "1", "CARGO_TERM_COLOR": "never"}

PATIENCE_S = 15 * 60


class Session:
    """With `in_full`, every delay is the one that the reader has."""

    def __init__(self, programs: Path, locale: str, in_full: bool) -> None:
        self.in_full = in_full
        kept = {name: value for name, value in os.environ.items() if name not in UNSET}
        self.env = kept | SET | {"LC_ALL": locale}
        self.done: dict[str, tuple[int, str, str]] = {}
        self.port = 5000
        self.server: subprocess.Popen | None = None
        # What the commands write is in a folder of their own, and what they read is there too.
        self.folder = tempfile.TemporaryDirectory(prefix="three-seconds-")
        here = Path(self.folder.name)
        for path in ROOT.iterdir():
            if path.is_dir() and path.name not in ("target", "my-lessons"):
                (here / path.name).symlink_to(path)
        (here / "target").mkdir()
        (here / "target" / "debug").symlink_to(programs)

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        self.end_server()
        self.folder.cleanup()

    def end_server(self) -> None:
        if self.server:
            self.server.kill()
            self.server.wait()

    def is_setup(self, example: Example) -> bool:
        """Whether what comes later on the page needs it."""
        return self.typed(example).startswith((SERVER, "export"))

    def run(self, example: Example) -> tuple[int, str, str]:
        """The exit status, standard output and standard error of a command, which runs once."""
        if example.command not in self.done:
            self.done[example.command] = self.type(self.typed(example))
        return self.done[example.command]

    def forget(self, example: Example) -> None:
        del self.done[example.command]

    def type(self, command: str) -> tuple[int, str, str]:
        name = shlex.split(command)[0]
        if name == "export":
            variable, value = shlex.split(command)[1].split("=", 1)
            self.env[variable] = value
            return 0, "", ""
        if name == SERVER:
            return self.serve(command)
        if name not in OTHERS and not name.startswith("target/debug/"):
            return 127, "", "scripts/session.py does not know how to run this"
        try:
            done = subprocess.run(
                ["sh", "-c", command], cwd=self.folder.name, env=self.env, encoding="utf-8",
                stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE_S,
            )
        except subprocess.TimeoutExpired:
            return 124, "", f"has not ended after {PATIENCE_S} s"
        return done.returncode, self.as_shown(done.stdout), done.stderr

    def typed(self, example: Example) -> str:
        """The command for the programs that are built, for our server, and with shorter delays."""
        command = example.command
        for pattern, program in OURS:
            command = re.sub(pattern, program, command)
        for asked, run in [] if self.in_full else IN_CHECK:
            command = command.replace(asked, run)
        is_own = "--delay" not in command and "--url" not in command
        if command.startswith(COMPARE) and is_own and example.is_plain:
            command += COMPARE_DELAY
        if command.startswith(CLIENT) and is_own:
            command += " --url http://127.0.0.1:5000"
        if command.startswith(SERVER):
            host = "0.0.0.0" if " --lan" in command else "127.0.0.1"
            command = f"{command.replace(' --lan', '')} --addr {host}:0"
            if is_own and not self.in_full:
                command += SERVER_DELAY
        return re.sub(rf"(127\.0\.0\.1|{ADDRESS}):5000", f"127.0.0.1:{self.port}", command)

    def serve(self, command: str) -> tuple[int, str, str]:
        """Starts a server on a free port, which ends with the session."""
        self.end_server()
        said = Path(self.folder.name) / "banner"
        with said.open("wb") as out:
            self.server = subprocess.Popen(
                shlex.split(command), cwd=self.folder.name, env=self.env,
                stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + PATIENCE_S
        # The last line has the address of the live page.
        while not (found := re.search(r":(\d+)/dashboard\n", said.read_text("utf-8"))):
            if self.server.poll() is not None:
                return self.server.returncode, "", said.read_text("utf-8")
            if time.monotonic() > deadline:
                return 124, "", f"names no live page\n{said.read_text('utf-8')}"
            time.sleep(0.01)
        self.port = int(found[1])
        return 0, self.as_shown(said.read_text("utf-8")), ""

    def as_shown(self, printed: str) -> str:
        """With the port and the network that the pages suppose."""
        return re.sub(ON_NETWORK, f"http://{ADDRESS}:5000", re.sub(rf":{self.port}\b", ":5000", printed))
