"""As much of Werkzeug as python/server.py uses; what it does stands in a file."""

import os
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer


def note(line):
    with open(os.environ["STUB_LOG"], "a") as file:
        file.write(f"{line}\n")


def make_server(host, port, app, threaded):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path != "/":
                self.send_error(404)
                return
            note("asked")
            body = app.page().encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = (ThreadingHTTPServer if threaded else HTTPServer)((host, port), Handler)
    note(server.server_port)
    return server
