"""All requests are tasks, of which five may have one in flight."""
import asyncio
import sys
from urllib.parse import urlsplit


async def get(url, places):
    async with places:
        reader, writer = await asyncio.open_connection(url.hostname, url.port)
        writer.write(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        await reader.read()
        writer.close()


async def main():
    url, places = urlsplit(sys.argv[1]), asyncio.Semaphore(5)
    await asyncio.gather(*[get(url, places) for _ in range(int(sys.argv[2]))])


asyncio.run(main())
