"""What the peers print is read right, and the page says what was measured.

Run it with: python3 -m unittest discover -s scripts/bench -p 'test_*.py'
"""

import unittest
from typing import Any

from peer import contest, page
from peer.process import Ended, run


def ended(stdout: str) -> Ended:
    return Ended(0, stdout, "", 1.0, 0.5, 1000)


def measured(elapsed_s: float, ok: int = 10_000) -> dict[str, Any]:
    return {
        "elapsed_s": elapsed_s, "ok": ok, "cpu_s": 1.0, "peak_bytes": 140e6,
        "server_peak": 10_000, "server_bytes": 50e6, "server_cpu_s": 1.0,
    }


def result(name: str, *runs: dict[str, Any], problem: str = "") -> dict[str, Any]:
    return {"name": name, "command": f"{name} URL", "runs": list(runs), "problem": problem}


def results(*of_ten_thousand: dict[str, Any]) -> dict[str, Any]:
    part = {"title": "Ten thousand", "requests": 10_000, "delay_s": 3.0,
            "server": "slow-server", "results": list(of_ten_thousand)}
    return {"rounds": 3, "contests": [part], "machine": {"CPU": "two"}, "versions": {},
            "missing": {"wrk": "no network"}}


class Outputs(unittest.TestCase):
    def test_h2load(self) -> None:
        text = "finished in 3.52s, 2 req/s\nrequests: 9 total, 9 done, 7 succeeded, 2 failed"
        self.assertEqual(contest.h2load(ended(text)), (3.52, 7))
        self.assertEqual(contest.h2load(ended(text.replace("3.52s", "352ms")))[0], 0.352)

    def test_oha(self) -> None:
        text = '{"summary": {"total": 3.7}, "statusCodeDistribution": {"200": 9, "503": 1}}'
        self.assertEqual(contest.oha(ended(text)), (3.7, 9))

    def test_wrk(self) -> None:
        self.assertEqual(contest.wrk("Requests/sec:  102318.52\n"), 102318.52)

    def test_a_command_is_shown_without_its_folder(self) -> None:
        command = ("/a/b/client-async", "-n", "5", "http://URL/x")
        self.assertEqual(contest.shown(command), "client-async -n 5 http://URL/x")


class Processes(unittest.TestCase):
    def test_one_that_hangs_is_ended_and_says_so(self) -> None:
        hanging = run(["sleep", "60"], patience_s=0.2)
        self.assertNotEqual(hanging.status, 0)
        self.assertIn("stopped after", hanging.stderr)

    def test_the_cpu_and_the_memory_are_those_of_the_process(self) -> None:
        busy = run(["python3", "-c", "x = bytearray(50_000_000)\nfor _ in range(3_000_000): pass"], 60)
        self.assertGreater(busy.cpu_s, 0.01)
        self.assertGreater(busy.peak_bytes, 50_000_000)


class Page(unittest.TestCase):
    def test_a_promise_that_is_not_met_is_marked(self) -> None:
        oha = result("oha", measured(3.8), measured(4.0), measured(3.6))
        good = page.page(results(result("client-async", measured(3.6)), oha))
        self.assertIn("0.60 s, 0.75 |", good)
        bad = page.page(results(result("client-async", measured(4.0)), oha))
        self.assertIn("1.00 s, 1.25 (**not met**)", bad)

    def test_failures_and_what_is_missing_are_told(self) -> None:
        text = page.page(results(
            result("client-async", measured(3.5, ok=9_990), measured(3.5)),
            result("oha", problem="missing: no network"),
        ))
        self.assertIn("| 10,000 | 10 |", text)
        self.assertIn("| oha | missing: no network |", text)
        self.assertIn("- wrk is missing: no network", text)


if __name__ == "__main__":
    unittest.main()
