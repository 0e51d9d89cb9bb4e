"""Eight threads."""
import sys
from concurrent.futures import ThreadPoolExecutor
from urllib.request import urlopen

with ThreadPoolExecutor(8) as pool:
    list(pool.map(lambda url: urlopen(url).read(), [sys.argv[1]] * int(sys.argv[2])))
