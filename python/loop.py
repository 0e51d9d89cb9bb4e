"""One request after another: each waits for the answer to the one before (3.6)."""

import sys
import time
from urllib.request import urlopen


def fetch(url):
    """Returns whether the page came; until then this thread does nothing else."""
    try:
        with urlopen(url) as response:
            response.read()
        return True
    except OSError as error:
        print(error, file=sys.stderr)
        return False


def main(url, requests):
    began = time.perf_counter()
    answered = 0
    for _ in range(requests):
        answered += fetch(url)
    elapsed = time.perf_counter() - began
    print(f"{answered} of {requests} answered in {elapsed:.3f} s")
    return 0 if answered == requests else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
