"""The server that a Python programmer writes first: Flask, a thread for each request.

Usage: flask_server.py PORT SECONDS. Each answer takes so many seconds.
"""

import logging
import sys
import time

from flask import Flask

app = Flask(__name__)
delay = float(sys.argv[2])


@app.get("/")
def page() -> str:
    if delay:
        time.sleep(delay)
    return "Hello!"


if __name__ == "__main__":
    # A line for each request would be what is measured.
    logging.getLogger("werkzeug").disabled = True
    app.run(port=int(sys.argv[1]), threaded=True)
