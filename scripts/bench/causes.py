"""What a processor's time went to, from the stacks that a profiler saw, and when.

The kernel's part is told by the call that a program made of it, with all that was done for
it: a connection on one machine is answered within the call that asks for it. A program's own
part is told by the library of the function that ran; what was built into its caller counts
as that.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

# What a program asks the kernel for. The innermost frame that fits one of them decides.
KERNEL = {
    "kernel: gives memory": r"page_fault|sys_(mmap|munmap|madvise|mprotect|brk)$|exit_mmap",
    "kernel: opens connections": r"sys_(connect|socket|accept4?|bind|\w*sockopt|getpeername"
    r"|getsockname|fcntl)$",
    "kernel: closes connections": r"sys_(close|shutdown)$|^task_work_run$",
    "kernel: sends": r"sys_(sendto|sendmsg|write|writev)$|^(vfs|do)_writev$",
    "kernel: receives": r"sys_(recvfrom|recvmsg|read|readv)$",
    "kernel: waits and wakes": r"sys_(epoll_\w+|futex|sched_yield|\w*nanosleep|poll)$"
    r"|^schedule$|reschedule_ipi$",
    "kernel: starts and ends programs": r"sys_(execve|exit_group|clone3?)$|^do_exit$"
    r"|^ret_from_fork",
}

# The crates of the libraries, and the row that they are in.
LIBRARIES = {
    "reqwest": "reqwest", "tower": "reqwest", "tower_http": "reqwest", "url": "reqwest",
    "idna": "reqwest", "hyper_util": "hyper", "hyper": "hyper", "http": "hyper",
    "http_body_util": "hyper", "bytes": "hyper", "httparse": "hyper", "h2": "h2",
    "tokio": "tokio", "mio": "tokio",
}

OWN = ("client_async", "client_hybrid", "client_core", "slow_server", "dense_server")

ALLOCATOR = re.compile(r"^(__libc_)?(malloc|c?free|calloc|realloc)|^_int_(malloc|free)")
CRATE = re.compile(r"(?<![:\w])([a-z_][a-z0-9_]*)::")
# A function of theirs is named after what it is made for.
STANDARD = {"core", "alloc", "std", "futures_util", "futures_core"}


@dataclass(frozen=True)
class Frame:
    """A function, and the file that it is in."""

    function: str
    file: str

    @property
    def is_kernel(self) -> bool:
        return self.file.startswith("[kernel") or self.file.endswith(".ko")


@dataclass(frozen=True)
class Sample:
    """Nanoseconds of a process at a moment, and its stack, the innermost frame first."""

    process: int
    at_s: float
    nanoseconds: int
    stack: tuple[Frame, ...]


HEAD = re.compile(r"^\s*(\d+)\s+([\d.]+):\s+(\d+)\s*$")
FRAME = re.compile(r"^\s+[0-9a-f]+ (.*) \((.*)\)$")


def samples(lines: Iterable[str]) -> Iterator[Sample]:
    """Reads what `perf script -F pid,time,period,ip,sym,dso` prints: a head and a stack for
    each sample, and an empty line."""
    head = None
    stack: list[Frame] = []
    for line in chain(lines, [""]):
        if frame := FRAME.match(line):
            stack.append(Frame(frame[1], frame[2]))
        elif line.strip():
            head = HEAD.match(line)
        elif head:
            yield Sample(int(head[1]), float(head[2]), int(head[3]), tuple(stack))
            head, stack = None, []


def cause(stack: tuple[Frame, ...]) -> str:
    """The row of the table that it belongs to."""
    kernel = [frame.function for frame in stack if frame.is_kernel]
    if kernel:
        for function in kernel:
            for name, pattern in KERNEL.items():
                if re.search(pattern, function):
                    return name
        return "kernel: all else"
    if not stack:
        return "all else"
    function = stack[0].function
    if ALLOCATOR.search(function):
        return "memory allocator"
    crates = [crate for crate in CRATE.findall(function) if crate not in STANDARD]
    if crates and crates[0] in LIBRARIES:
        return LIBRARIES[crates[0]]
    return "our own code" if crates and crates[0] in OWN else "all else"


def by_cause(all_samples: Iterable[Sample]) -> Counter[str]:
    """Nanoseconds of each cause."""
    found: Counter[str] = Counter()
    for sample in all_samples:
        found[cause(sample.stack)] += sample.nanoseconds
    return found
