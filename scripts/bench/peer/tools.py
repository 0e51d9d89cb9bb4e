"""The peers: what is missing is installed under target/bench, or named as missing."""

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from measured import ROOT, say

HOME = ROOT / "target" / "bench"
REQUIREMENTS = ROOT / "scripts" / "bench" / "requirements.txt"
OHA_VERSION = "1.16.0"

# A command of the distribution, and the package that has it.
PACKAGES = {"wrk": "wrk", "h2load": "nghttp2-client"}


@dataclass
class Tools:
    """The commands that are here, and why others are not."""

    paths: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        return name in self.paths

    def add(self, name: str, path: Path | str, version: str) -> None:
        self.paths[name], self.versions[name] = str(path), version


def ready() -> Tools:
    """Installs what is not here. Nothing that fails is passed over in silence."""
    tools = Tools()
    for install in (add_oha, add_python, add_packages):
        install(tools)
    for name, why in tools.missing.items():
        say(f"{name} is missing: {why}")
    return tools


def add_oha(tools: Tools) -> None:
    path = HOME / "oha" / "bin" / "oha"
    if not path.is_file():
        say("installs oha with cargo; that takes a few minutes")
        command = ["cargo", "install", "oha", "--version", OHA_VERSION, "--locked"]
        command += ["--root", str(HOME / "oha")]
        error = failure(command)
        if error:
            tools.missing["oha"] = error
            return
    tools.add("oha", path, first_line([str(path), "--version"]))


def add_python(tools: Tools) -> None:
    python = HOME / "python" / "bin" / "python"
    commands = [[str(python), "-m", "pip", "install", "-q", "-r", str(REQUIREMENTS)]]
    if not python.is_file():
        say("installs the Python peers")
        commands.insert(0, [sys.executable, "-m", "venv", str(HOME / "python")])
    for command in commands:
        error = failure(command)
        if error:
            for name in ("aiohttp", "aiomultiprocess", "flask"):
                tools.missing[name] = error
            return
    python_version = first_line([str(python), "--version"])
    for line in REQUIREMENTS.read_text(encoding="utf-8").splitlines():
        if "==" in line:
            name, version = line.split("==")
            tools.add(name, python, f"{version} on {python_version}")


def add_packages(tools: Tools) -> None:
    for name, package in PACKAGES.items():
        if not shutil.which(name):
            say(f"installs {package} with the distribution's manager")
            error = install_package(package)
            if error or not shutil.which(name):
                tools.missing[name] = error or "its package does not have it"
                continue
        # wrk says its version where it says how it is used, and then fails.
        version = first_line([name, "--version"])
        tools.add(name, name, re.sub(r"\s+(\[|Copyright).*", "", version))


def install_package(package: str) -> str:
    managers = {
        "apt-get": ["install", "-y"],
        "dnf": ["install", "-y"],
        "pacman": ["-S", "--noconfirm"],
        "brew": ["install"],
    }
    for manager, words in managers.items():
        if shutil.which(manager):
            sudo = ["sudo", "-n"] if shutil.which("sudo") and manager != "brew" else []
            return failure([*sudo, manager, *words, package])
    return "there is no package manager that this program knows"


def failure(command: list[str]) -> str:
    """What the command says when it fails; nothing where it does not."""
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except OSError as error:
        return str(error)
    if done.returncode == 0:
        return ""
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    return lines[-1].strip() if lines else f"`{command[0]}` failed"


def first_line(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True)
    text = (done.stdout + done.stderr).strip()
    return text.splitlines()[0].strip() if text else "of an unknown version"
