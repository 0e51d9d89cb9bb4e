"""The third trap: a blocking call wrapped in a coroutine, which is awaited (3.4)."""

import asyncio
import sys
import time
from urllib.request import urlopen


async def get(url):
    """`async` makes this awaitable; what it calls blocks as before."""
    with urlopen(url) as response:
        return response.read()


async def fetch(url):
    try:
        await get(url)
        return True
    except OSError as error:
        print(error, file=sys.stderr)
        return False


async def fetch_all(url, requests):
    return sum(await asyncio.gather(*(fetch(url) for _ in range(requests))))


def main(url, requests):
    began = time.perf_counter()
    answered = asyncio.run(fetch_all(url, requests))
    elapsed = time.perf_counter() - began
    print(f"{answered} of {requests} answered in {elapsed:.3f} s")
    return 0 if answered == requests else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
