"""Several processes with an event loop each: what the tutorial's last section does.

Usage: aiomultiprocess_client.py URL REQUESTS. Prints one line of JSON. Pool and number of
tasks in each process are the library's own defaults, as the tutorial leaves them.
"""

import asyncio
import json
import sys
import time

import aiohttp
from aiomultiprocess import Pool


async def fetch(url: str) -> bool:
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return await response.text() == "Hello!"


async def fetch_all(url: str, requests: int) -> None:
    began = time.perf_counter()
    async with Pool() as pool:
        ended = await pool.map(fetch, [url] * requests)
    elapsed = time.perf_counter() - began
    print(json.dumps({"elapsed_s": elapsed, "ok": sum(ended)}))


if __name__ == "__main__":
    asyncio.run(fetch_all(sys.argv[1], int(sys.argv[2])))
