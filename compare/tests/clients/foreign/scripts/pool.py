"""Eight processes, which take several requests at a time."""
import sys
from multiprocessing import Pool
from urllib.request import urlopen


def get(url):
    urlopen(url).read()


if __name__ == "__main__":
    with Pool(8) as pool:
        pool.map(get, [sys.argv[1]] * int(sys.argv[2]))
