"""A pool of 8 processes, in each of them one request at a time (3.6)."""

import multiprocessing
import sys
import time
from urllib.request import urlopen


def fetch(url):
    """Returns whether the page came; until then this process does nothing else."""
    try:
        with urlopen(url) as response:
            response.read()
        return True
    except OSError as error:
        print(error, file=sys.stderr)
        return False


def main(url, requests):
    began = time.perf_counter()
    with multiprocessing.Pool(8) as pool:
        # Without a chunksize, `map` cuts 100 requests into 25 chunks of 4: the 25th
        # begins when the others end, so that it is 16 waits rather than 13.
        answered = sum(pool.map(fetch, [url] * requests))
    elapsed = time.perf_counter() - began
    print(f"{answered} of {requests} answered in {elapsed:.3f} s")
    return 0 if answered == requests else 1


# Where processes are spawned, each of them imports this file and must not run it.
if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
