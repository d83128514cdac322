#!/usr/bin/env python3
"""Measures how soon a trip is visible: from its last upload's 202 to the first GET that shows it.

Phones send so many uploads a second in all, a few to each trip; the GET names the position that
the 202 gave (Tacho-Read-After), and its document must count every point sent so far.
"""

import contextlib
import http.client
import json
import pathlib
import random
import threading
import time

from drive import drive
from installation import ACCESS, Failure, Installation, arguments, conclude, workspace
from phones import START_MS

UPLOADS_A_TRIP = 5


class Watcher(threading.Thread):
    """A phone that sends at its own pace and looks for its trip after the last upload."""

    def __init__(self, number: int, options, port: int, start_at: float) -> None:
        super().__init__(daemon=True)
        self.rng = random.Random(f"{options.seed}-{number}")
        self.number = number
        self.points = options.points
        self.every = options.phones / options.rate
        self.next_at = start_at + self.rng.uniform(0, self.every)
        self.until = start_at + options.seconds
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.waits: list[float] = []
        self.uploads = 0
        self.late = 0
        self.problem: Failure | None = None

    def run(self) -> None:
        try:
            trip = 0
            while time.monotonic() < self.until:
                self.watch(f"visible-{self.number}-{trip}")
                trip += 1
        except Failure as failure:
            self.problem = failure
        except (OSError, http.client.HTTPException) as error:
            self.problem = Failure(f"phone {self.number}: {error!r}")

    def watch(self, trip: str) -> None:
        points = drive(self.rng, UPLOADS_A_TRIP * self.points, START_MS)
        position = ""
        for first in range(0, len(points), self.points):
            self.wait_turn()
            body = {"points": [point.upload() for point in points[first:first + self.points]]}
            status, headers, content = self.ask(
                "POST", f"/v1/trips/{trip}/points", json.dumps(body),
                {"Content-Type": "application/json"})
            if status != 202:
                raise Failure(f"upload answered {status}: {content[:200]!r}")
            position = headers["Tacho-Position"]
            self.uploads += 1
        answered = time.monotonic()
        while True:
            status, _, content = self.ask("GET", f"/v1/trips/{trip}", None,
                                          {"Tacho-Read-After": position})
            if status == 200:
                break
            if status != 503 or time.monotonic() > answered + 30:
                raise Failure(f"GET answered {status}: {content[:200]!r}")
        self.waits.append(time.monotonic() - answered)
        readings = json.loads(content)["quality"]["readings"]
        if readings != len(points):
            raise Failure(f"{trip} shows {readings} of {len(points)} readings after {position}")

    def wait_turn(self) -> None:
        now = time.monotonic()
        if now < self.next_at:
            time.sleep(self.next_at - now)
        elif now > self.next_at + self.every:
            self.late += 1
        self.next_at += self.every

    def ask(self, method: str, path: str, body, headers: dict):
        self.connection.request(method, path, body, ACCESS.fields() | headers)
        response = self.connection.getresponse()
        return response.status, response.headers, response.read()


def percentile(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, int(share * len(values)))]


def prove(options, directory: pathlib.Path) -> str:
    installation = Installation(options.tacho, directory, ["--no-demo"])
    with contextlib.ExitStack() as cleanup:
        cleanup.callback(installation.kill)
        installation.start()
        start_at = time.monotonic() + 0.5
        watchers = [Watcher(number, options, installation.port, start_at)
                    for number in range(options.phones)]
        for watcher in watchers:
            watcher.start()
        for watcher in watchers:
            watcher.join(options.seconds + 120)
        took = time.monotonic() - start_at
        installation.stop()
    for watcher in watchers:
        if watcher.problem:
            raise watcher.problem
    waits = sorted(wait for watcher in watchers for wait in watcher.waits)
    if len(waits) < 20:
        raise Failure(f"did not test: only {len(waits)} trips were looked for")
    uploads = sum(watcher.uploads for watcher in watchers)
    p99 = percentile(waits, 0.99)
    figures = (f"{uploads / took:.0f} uploads/s of {options.points} points, {len(waits)} trips "
               f"looked for: visible after p50 {percentile(waits, 0.5) * 1000:.0f} ms, "
               f"p99 {p99 * 1000:.0f} ms, at most {waits[-1] * 1000:.0f} ms")
    late = sum(watcher.late for watcher in watchers)
    if late > uploads // 5:
        figures += f" ({late} uploads were sent late)"
    if options.gate_ms and p99 * 1000 > options.gate_ms:
        raise Failure(f"p99 is above {options.gate_ms:.0f} ms: {figures}")
    return figures


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--rate", type=float, default=100, help="uploads a second")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--phones", type=int, default=20)
    parser.add_argument("--points", type=int, default=10, help="points an upload")
    parser.add_argument("--gate-ms", type=float, help="fail above this p99")
    options = parser.parse_args()
    print(f"visible: seed {options.seed}", flush=True)
    with workspace(options, "visible") as directory:
        conclude("visible", lambda: prove(options, directory))


if __name__ == "__main__":
    main()
