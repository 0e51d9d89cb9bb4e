"""A sample is counted once, where it belongs.

Run it with: python3 -m unittest discover -s scripts/bench -p 'test_*.py'
"""

import unittest

import causes

PRINTED = """\
 4711  1062.250000:     500000 
        ffffffff81a0 tcp_v4_rcv ([kernel.kallsyms])
        ffffffff81a1 __x64_sys_connect ([kernel.kallsyms])
        ffffffff81a2 do_syscall_64 ([kernel.kallsyms])
            7f12aa10 __libc_connect (/usr/lib/libc.so.6)

 4711  1062.250000:     500000 
            55d0aa10 <core::pin::Pin<hyper::client::Conn<T>> as core::Future>::poll (/x/client)

 4712  1065.500000:     250000 
            55d0aa10 cfree@GLIBC_2.2.5 (/usr/lib/libc.so.6)
"""


def kernel(*functions: str) -> tuple[causes.Frame, ...]:
    return tuple(causes.Frame(function, "[kernel.kallsyms]") for function in functions)


def own(function: str) -> tuple[causes.Frame, ...]:
    return (causes.Frame(function, "/x/client-async"),)


class Causes(unittest.TestCase):
    def test_what_the_profiler_prints_is_read_and_nothing_is_lost(self) -> None:
        found = list(causes.samples(PRINTED.splitlines()))
        seen = [(sample.process, sample.at_s, sample.nanoseconds) for sample in found]
        self.assertEqual(
            seen, [(4711, 1062.25, 500_000), (4711, 1062.25, 500_000), (4712, 1065.5, 250_000)]
        )
        self.assertEqual(
            causes.by_cause(found),
            {"kernel: opens connections": 500_000, "hyper": 500_000,
             "memory allocator": 250_000},
        )

    def test_the_innermost_reason_in_the_kernel_counts(self) -> None:
        fault = kernel("clear_page", "exc_page_fault", "copy_to_user", "__x64_sys_recvfrom")
        self.assertEqual(causes.cause(fault), "kernel: gives memory")
        self.assertEqual(causes.cause(fault[2:]), "kernel: receives")
        self.assertEqual(causes.cause(kernel("vfs_writev", "do_writev")), "kernel: sends")
        self.assertEqual(causes.cause(kernel("some_interrupt")), "kernel: all else")

    def test_a_function_is_of_the_library_that_it_is_named_after(self) -> None:
        of = {
            "h2::proto::streams::send": "h2",
            "<tower_http::retry::Future<P> as core::future::Future>::poll": "reqwest",
            "core::ptr::drop_in_place<http::uri::Uri>": "hyper",
            "<client_core::ledger::Ledger>::end": "our own code",
            "slow_server::net::connection::Connection::drive": "our own code",
            "_int_malloc": "memory allocator",
            "__memmove_avx_unaligned_erms": "all else",
        }
        for function, cause in of.items():
            self.assertEqual(causes.cause(own(function)), cause, function)


if __name__ == "__main__":
    unittest.main()
