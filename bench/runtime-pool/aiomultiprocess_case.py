"""Runs one case with aiomultiprocess and prints how long it took, in seconds.

A child process imports this file, so nothing may run outside of main().
"""

import argparse
import asyncio
import time


async def task(sleeps, cpu):
    """Sleeps; where a number is negative it blocks its process, or computes."""
    for seconds in sleeps:
        if seconds >= 0:
            await asyncio.sleep(seconds)
        elif cpu:
            end = time.perf_counter() - seconds
            while time.perf_counter() < end:
                pass
        else:
            time.sleep(-seconds)


async def run(options):
    import aiomultiprocess

    sleeps = tuple(options.sleeps)
    start = time.perf_counter()
    pool = aiomultiprocess.Pool(options.runtimes, childconcurrency=options.concurrency)
    async with pool:
        inputs = [(sleeps, options.cpu)] * options.tasks
        await pool.starmap(task, inputs)
    return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, required=True)
    parser.add_argument("--runtimes", type=int, default=4)
    parser.add_argument("--concurrency", type=int, default=16)
    parser.add_argument("--sleeps", required=True)
    parser.add_argument("--cpu", action="store_true")
    options = parser.parse_args()
    options.sleeps = [float(seconds) for seconds in options.sleeps.split(",")]
    print(asyncio.run(run(options)))


if __name__ == "__main__":
    main()
