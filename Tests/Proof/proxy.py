"""Stands before a reader and lies for it."""

import http.client
import http.server
import threading

from installation import Installation

# Told between two machines, not between the two ends.
HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


class Answered:
    """An answer on its way back."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = {name: value for name, value in response.getheaders()
                        if name.lower() not in HOP}
        self.body = response.read()


class Lie:
    """Changes nothing; lies do."""

    def ask(self, path: str, headers: dict) -> None:
        """Changes a request's headers, whose names are small."""

    def answer(self, path: str, headers: dict, answer: Answered) -> None:
        """Changes the answer to it."""


class Proxy:
    """Serves at `url` what the installation answers, honestly as long as it has no lie."""

    def __init__(self, behind: Installation | None = None, lie: Lie | None = None) -> None:
        self.behind = behind
        self.lie = lie
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self.forward()

            def do_HEAD(self) -> None:
                self.forward()

            def do_POST(self) -> None:
                self.forward()

            def forward(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()
                           if name.lower() not in HOP}
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                lie = proxy.lie or Lie()
                asked = dict(headers)
                lie.ask(self.path, headers)
                connection = http.client.HTTPConnection("127.0.0.1", proxy.behind.port, timeout=30)
                try:
                    connection.request(self.command, self.path, body or None, headers)
                    answer = Answered(connection.getresponse())
                except OSError:
                    self.close_connection = True
                    return
                finally:
                    connection.close()
                lie.answer(self.path, asked, answer)
                self.send_response_only(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(answer.body)

            def log_message(self, format: str, *words) -> None:
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client_address) -> None:
                """Whoever asked has gone."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
