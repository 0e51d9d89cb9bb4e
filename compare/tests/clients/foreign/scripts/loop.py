"""One request after another."""
import sys
from urllib.request import urlopen

for _ in range(int(sys.argv[2])):
    urlopen(sys.argv[1]).read()
