"""A command as a whole: its output, its time, its CPU and its memory, by one yardstick."""

import os
import resource
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

# How often the memory of a process and of its children is added up. This takes CPU that
# they want as well.
GLANCE_S = 0.1


@dataclass
class Ended:
    """What a command left behind."""

    status: int
    stdout: str
    stderr: str
    wall_s: float
    cpu_s: float
    # The most that the process and its children had resident at one glance.
    peak_bytes: int


def run(command: list[str], patience_s: float) -> Ended:
    """Runs a command to its end, which has to come."""
    before = cpu_of_children()
    began = time.perf_counter()
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    )
    watch = Watch(process.pid)
    watch.start()
    try:
        stdout, stderr = process.communicate(timeout=patience_s)
    except BaseException as error:
        os.killpg(process.pid, signal.SIGKILL)
        stdout, stderr = process.communicate()
        if not isinstance(error, subprocess.TimeoutExpired):
            raise
        stderr += f"\nstopped after {patience_s:.0f} s"
    finally:
        watch.is_over.set()
        watch.join()
    wall_s = time.perf_counter() - began
    cpu_s = cpu_of_children() - before
    return Ended(process.returncode, stdout, stderr, wall_s, cpu_s, watch.peak_bytes)


def cpu_of_children() -> float:
    """Of those that have ended, and theirs: this program has only one at a time.

    In seconds, to the microsecond; `os.times` counts in hundredths of a second.
    """
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Watch(threading.Thread):
    """Looks at the memory of a process and of its children."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid = pid
        self.peak_bytes = 0
        self.is_over = threading.Event()

    def run(self) -> None:
        while not self.is_over.wait(GLANCE_S):
            # A process alone knows its own peak; children are added up as they are.
            pids = family(self.pid)
            name = "VmHWM" if len(pids) == 1 else "VmRSS"
            total = sum(memory(pid, name) for pid in pids)
            self.peak_bytes = max(self.peak_bytes, total)


def family(pid: int) -> list[int]:
    pids = [pid]
    for parent in pids:
        try:
            children = Path(f"/proc/{parent}/task/{parent}/children").read_text()
        except OSError:
            continue
        pids += [int(child) for child in children.split()]
    return pids


def memory(pid: int, name: str) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    lines = (line.split() for line in status.splitlines())
    return next((int(w[1]) * 1024 for w in lines if w and w[0] == f"{name}:"), 0)
