"""The peers in Python: python_peers.py (aiohttp | aiomultiprocess) URL REQUESTS, or flask PORT.

A client prints its time and how many requests got the page, as JSON.
"""

import asyncio
import json
import logging
import resource
import sys
import time

import aiohttp
from aiomultiprocess import Pool
from flask import Flask


async def get(session: aiohttp.ClientSession, url: str) -> bool:
    async with session.get(url) as response:
        return await response.text() == "Hello!"


async def with_aiohttp(url: str, requests: int) -> int:
    """A session, and a coroutine for each request. Without a limit, as our clients."""
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=600)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        pages = (get(session, url) for _ in range(requests))
        ended = await asyncio.gather(*pages, return_exceptions=True)
    return sum(page is True for page in ended)


async def get_alone(url: str) -> bool:
    async with aiohttp.ClientSession() as session:
        return await get(session, url)


async def with_aiomultiprocess(url: str, requests: int) -> int:
    """Several processes with an event loop each, as the tutorial's last section has it."""
    async with Pool() as pool:
        return sum(await pool.map(get_alone, [url] * requests))


def serve_with_flask(port: int) -> None:
    app = Flask(__name__)
    app.get("/")(lambda: "Hello!")
    # A line for each request would be what is measured.
    logging.getLogger("werkzeug").disabled = True
    app.run(port=port, threaded=True)


if __name__ == "__main__":
    if sys.argv[1] == "flask":
        serve_with_flask(int(sys.argv[2]))
        sys.exit()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    client = {"aiohttp": with_aiohttp, "aiomultiprocess": with_aiomultiprocess}[sys.argv[1]]
    began = time.perf_counter()
    ok = asyncio.run(client(sys.argv[2], int(sys.argv[3])))
    print(json.dumps({"elapsed_s": time.perf_counter() - began, "ok": ok}))
