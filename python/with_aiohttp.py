"""An async HTTP client: a task for each request, all of them at once (3.5)."""

import asyncio
import sys
import time

import aiohttp


async def fetch(session, url):
    """Returns whether the page came; `await` lets the other tasks run until then."""
    try:
        async with session.get(url) as response:
            response.raise_for_status()
            await response.read()
        return True
    except aiohttp.ClientError as error:
        print(error, file=sys.stderr)
        return False


async def fetch_all(url, requests):
    # A session opens 100 connections at most, unless it is told otherwise.
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        tasks = (fetch(session, url) for _ in range(requests))
        return sum(await asyncio.gather(*tasks))


def main(url, requests):
    began = time.perf_counter()
    answered = asyncio.run(fetch_all(url, requests))
    elapsed = time.perf_counter() - began
    print(f"{answered} of {requests} answered in {elapsed:.3f} s")
    return 0 if answered == requests else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
