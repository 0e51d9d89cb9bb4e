"""A process for each CPU, in each an event loop with 16 requests at a time (3.7)."""

import asyncio
import sys
import time

import aiohttp
from aiomultiprocess import Pool


async def fetch(url):
    """Opens a session of its own: only the URL can be sent to another process."""
    try:
        async with aiohttp.ClientSession() as session:
            async with session.get(url) as response:
                response.raise_for_status()
                await response.read()
        return True
    except aiohttp.ClientError as error:
        print(error, file=sys.stderr)
        return False


async def fetch_all(url, requests):
    # childconcurrency is 16 by default: for 100 at once it takes 7 CPUs.
    async with Pool() as pool:
        return sum(await pool.map(fetch, [url] * requests))


def main(url, requests):
    began = time.perf_counter()
    answered = asyncio.run(fetch_all(url, requests))
    elapsed = time.perf_counter() - began
    print(f"{answered} of {requests} answered in {elapsed:.3f} s")
    return 0 if answered == requests else 1


# The processes are spawned: each imports this file and must not run it.
if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
