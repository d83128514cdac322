"""Phones under way: they send, wait for the answer, and send again what was not answered."""

import http.client
import json
import multiprocessing
import pathlib
import random
import threading
import time

from drive import Point, drive
from installation import ACCESS, Failure, die_with_parent

ANSWER_SECONDS = 20
FINISH_SECONDS = 120
START_MS = 1_760_000_000_000


class Phone(threading.Thread):
    """Drives one trip after another until told to stop."""

    def __init__(self, number: int, fleet: "Fleet") -> None:
        super().__init__(daemon=True)
        self.rng = random.Random(f"{fleet.seed}-{number}")
        self.number = number
        self.fleet = fleet
        self.connection: http.client.HTTPConnection | None = None
        self.trips: list[dict] = []
        self.give_up_at = float("inf")

    def run(self) -> None:
        try:
            while not self.fleet.finish.is_set():
                self.drive_once()
        except Failure as failure:
            self.fleet.errors.append(f"phone {self.number}: {failure}")

    def drive_once(self) -> None:
        rng = self.rng
        name = f"proof-{self.fleet.seed:x}-{self.number}-{len(self.trips)}"
        start = START_MS + rng.randrange(30 * 86_400_000)
        numbered = rng.random() < 0.8
        points = drive(rng, rng.randrange(20, 500), start, numbered)
        ends_early = rng.random() < 0.2
        sent: set[Point] = set()
        trip = {"id": name, "points": sent, "numbered": numbered, "position": ""}
        self.trips.append(trip)
        plan = batches(rng, points, resends=self.fleet.resends)
        end_at = rng.randrange(1, len(plan)) if ends_early and len(plan) > 1 else len(plan)
        for index, batch in enumerate(plan):
            if self.fleet.finish.is_set():
                break
            if index == end_at:
                self.send(trip, f"/v1/trips/{name}/end", {"userId": f"u{self.number}"})
            body = {"userId": f"u{self.number}", "points": [point.upload() for point in batch]}
            if index == 0:
                body["name"] = f"Trip {len(self.trips)} of phone {self.number}"
            # Sent until it is answered, so it is in the ledger from the first attempt.
            sent.update(batch)
            self.send(trip, f"/v1/trips/{name}/points", body)
            self.fleet.finish.wait(rng.uniform(0, 2 * self.fleet.pause))
        self.send(trip, f"/v1/trips/{name}/end", {"userId": f"u{self.number}"})

    def send(self, trip: dict, path: str, body: dict) -> None:
        """Until it is answered with 202."""
        text = json.dumps(body).encode()
        while True:
            if self.fleet.finish.is_set() and self.give_up_at == float("inf"):
                self.give_up_at = time.monotonic() + FINISH_SECONDS
            if time.monotonic() > self.give_up_at:
                raise Failure(f"{path} was not answered within {FINISH_SECONDS} s of the end")
            answer = self.attempt(path, text)
            if answer is None:
                time.sleep(self.rng.uniform(0.02, 0.06))
                continue
            status, headers, content = answer
            if status == 503:
                self.fleet.count("refused")
                time.sleep(self.rng.uniform(0.05, 0.25))
                continue
            if status != 202:
                raise Failure(f"{path} was answered {status}: {content[:300]!r}")
            self.fleet.count("answered")
            position = headers.get("Tacho-Position", "")
            if not position:
                raise Failure(f"{path}: a 202 without Tacho-Position")
            if offset(position) > offset(trip["position"]):
                trip["position"] = position
            rejected = json.loads(content or b"{}").get("rejected")
            if rejected:
                raise Failure(f"{path}: good points were rejected: {rejected[:3]}")
            return

    def attempt(self, path: str, text: bytes):
        """One request; None where no answer came."""
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection(
                    "127.0.0.1", self.fleet.port, timeout=ANSWER_SECONDS)
                self.connection.connect()
        except OSError:
            self.connection = None
            return None
        try:
            self.connection.request("POST", path, text, self.fleet.fields)
            response = self.connection.getresponse()
            content = response.read()
            if response.will_close:
                self.connection.close()
                self.connection = None
            return response.status, response.headers, content
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            self.fleet.count("broken")
            return None


def batches(rng: random.Random, points: list[Point], resends: bool) -> list[list[Point]]:
    """A trip cut into uploads of 1 to 60 points: some late, some shuffled, some sent again."""
    plan: list[list[Point]] = []
    late: list[list[Point]] = []
    start = 0
    while start < len(points):
        size = rng.choice([1, 2, 3, 5, 10, 20, 40, 60])
        batch = points[start:start + size]
        start += size
        if rng.random() < 0.1:
            batch = rng.sample(batch, len(batch))
        if rng.random() < 0.1:
            late.append(batch)
            continue
        plan.append(batch)
        if resends and rng.random() < 0.1:
            plan.append(rng.choice(plan))
    for batch in late:
        plan.insert(rng.randrange(len(plan) + 1), batch)
    return plan


def offset(position: str) -> int:
    return int(position.rpartition("@")[2] or -1)


class Fleet:
    """Phones in a process of their own, so that their work does not delay whoever kills."""

    def __init__(self, port: int, seed: int, phones: int, pause: float, ledger: pathlib.Path,
                 resends: bool = True) -> None:
        context = multiprocessing.get_context("fork")
        self.port = port
        self.seed = seed
        self.phones = phones
        self.pause = pause
        self.resends = resends
        self.ledger = ledger
        self.finish = context.Event()
        self.errors: list[str] = []
        self.fields = {"Content-Type": "application/json", **ACCESS.fields()}
        self._counts = {name: context.Value("q", 0) for name in ("answered", "broken", "refused")}
        self._process = context.Process(target=self._run, daemon=True)
        self._process.start()

    def count(self, name: str) -> None:
        with self._counts[name].get_lock():
            self._counts[name].value += 1

    def counted(self, name: str) -> int:
        """So many uploads were answered with 202, broken off without an answer, or refused."""
        return self._counts[name].value

    @property
    def is_alive(self) -> bool:
        return self._process.is_alive()

    def done(self) -> list[dict]:
        """Sends all that is unanswered again, ends the trips and returns them."""
        self.finish.set()
        self._process.join(FINISH_SECONDS + 2 * ANSWER_SECONDS)
        if self._process.is_alive():
            self._process.kill()
            raise Failure("the phones did not come to an end")
        told = json.loads(self.ledger.read_text())
        if told["errors"]:
            raise Failure("; ".join(told["errors"][:3]))
        for trip in told["trips"]:
            trip["points"] = {Point(*point) for point in trip["points"]}
        return told["trips"]

    def stop(self) -> None:
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def _run(self) -> None:
        die_with_parent()
        threads = [Phone(number, self) for number in range(self.phones)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        trips = [{**trip, "points": sorted(trip["points"], key=lambda point: point.time_ms)}
                 for thread in threads for trip in thread.trips]
        self.ledger.write_text(json.dumps({"trips": trips, "errors": self.errors}))
