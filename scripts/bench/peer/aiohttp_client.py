"""The async client that a Python programmer writes: a session, and a coroutine for each page.

Usage: aiohttp_client.py URL REQUESTS. Prints one line of JSON.
"""

import asyncio
import json
import resource
import sys
import time

import aiohttp


async def fetch(session: aiohttp.ClientSession, url: str) -> bool:
    async with session.get(url) as response:
        return await response.text() == "Hello!"


async def fetch_all(url: str, requests: int) -> None:
    # Without a limit, as our clients have none.
    connector = aiohttp.TCPConnector(limit=0)
    patience = aiohttp.ClientTimeout(total=600)
    async with aiohttp.ClientSession(connector=connector, timeout=patience) as session:
        began = time.perf_counter()
        pages = (fetch(session, url) for _ in range(requests))
        ended = await asyncio.gather(*pages, return_exceptions=True)
        elapsed = time.perf_counter() - began
    ok = sum(page is True for page in ended)
    print(json.dumps({"elapsed_s": elapsed, "ok": ok}))


if __name__ == "__main__":
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    asyncio.run(fetch_all(sys.argv[1], int(sys.argv[2])))
