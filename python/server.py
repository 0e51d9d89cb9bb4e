"""The tutorial's slow server (3.4): Flask sleeps, then answers `Hello!`."""

import argparse
import os
import sys
import threading
import time

from flask import Flask
from werkzeug.serving import make_server

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--port", type=int, default=5000, help="0 takes a free one")
parser.add_argument("--delay", type=float, default=3, help="seconds for each answer")
parser.add_argument("--serial", action="store_true", help="one request at a time")
parser.add_argument("--end-with-stdin", action="store_true", help="for compare")
args = parser.parse_args()

app = Flask(__name__)


@app.get("/")
def page():
    time.sleep(args.delay)
    return "Hello!"


def end_with_stdin():
    sys.stdin.buffer.read()
    os._exit(0)


if args.end_with_stdin:
    threading.Thread(target=end_with_stdin, daemon=True).start()
# A thread for each connection, or one request after another.
server = make_server("127.0.0.1", args.port, app, threaded=not args.serial)
print(f"http://127.0.0.1:{server.server_port}/", flush=True)
server.serve_forever()
