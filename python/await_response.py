"""The second trap: `await` before a call that returns no awaitable (3.4)."""

import asyncio
import sys
import time
from urllib.request import urlopen


async def fetch(url):
    """`urlopen` blocks until the response came; only then does `await` refuse it."""
    with await urlopen(url) as response:
        response.read()
    return True


async def fetch_all(url, requests):
    # All tasks are ready in the same turn of the loop: each one sends its request
    # and fails, and the first TypeError is what `gather` raises.
    return sum(await asyncio.gather(*(fetch(url) for _ in range(requests))))


def main(url, requests):
    began = time.perf_counter()
    answered = asyncio.run(fetch_all(url, requests))
    elapsed = time.perf_counter() - began
    print(f"{answered} of {requests} answered in {elapsed:.3f} s")
    return 0 if answered == requests else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
