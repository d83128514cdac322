#!/usr/bin/env python3
"""Kills `tacho up` again and again while the apps of phones send, and accounts for every position.

OwnTracks and OsmAnd phones, two of one user among them, drive, stand and fall silent. Each sends
one position at a time until it is answered, and some of them again. At the end the trips are those
that a second implementation of the rule cuts: the same positions in each, none twice, none out.
Trips before the last one of a phone are over, and have scores.
"""

import base64
import calendar
import contextlib
import http.client
import json
import math
import pathlib
import random
import threading
import time
import urllib.parse

from installation import ACCESS, Answer, Failure, Installation, arguments, conclude, workspace

START = 1_760_000_000
STOP_METERS, STOP_SECONDS, GAP_SECONDS = 200, 180, 3600
METERS_A_DEGREE = 6_371_008.8 * math.pi / 180
FINISH_SECONDS = 120
SPEED = 14.0  # m/s


class Phone(threading.Thread):
    """One phone: what it says, and what was acknowledged of it."""

    def __init__(self, number: int, installation: Installation, seed: int) -> None:
        super().__init__(daemon=True)
        self.rng = random.Random(f"{seed}-{number}")
        self.number = number
        # Phones 0 and 1 are of one user.
        self.user = f"driver{max(number, 1)}"
        self.device = f"phone-{number}"
        self.installation = installation
        self.positions = self.day()
        self.answered = 0
        self.broken = 0
        self.failure: str | None = None
        # How much of its day it may have told by now, 0 to 1.
        self.share = 0.0

    def day(self) -> list[tuple[int, float, float]]:
        """Drives between stops and gaps: seconds, degrees north, degrees east."""
        rng = self.rng
        seconds, north, east = START + rng.randrange(86_400), 48 + rng.random(), 11 + rng.random()
        said = []
        for part in range(rng.randrange(2, 4)):
            if part:
                if rng.random() < 0.7:
                    for _ in range(rng.randrange(70, 120)):
                        seconds += rng.randrange(3, 7)
                        said.append((seconds, north + rng.uniform(-1, 1) * 4e-5, east))
                else:
                    seconds += rng.randrange(GAP_SECONDS, 3 * GAP_SECONDS)
                    north += 0.01
            for _ in range(rng.randrange(90, 150)):
                seconds += 2
                north += 2 * SPEED / METERS_A_DEGREE
                said.append((seconds, north, east))
        return [(at, round(a, 7), round(b, 7)) for at, a, b in said]

    def run(self) -> None:
        try:
            sent: list[tuple[int, float, float]] = []
            for number, position in enumerate(self.positions):
                # Kills come all along the way, also where a machine is quick.
                while number > self.share * len(self.positions):
                    time.sleep(0.01)
                self.send(position)
                sent.append(position)
                if self.rng.random() < 0.05:
                    self.send(self.rng.choice(sent[-20:]))
        except Failure as failure:
            self.failure = f"phone {self.number}: {failure}"

    def send(self, position: tuple[int, float, float]) -> None:
        deadline = time.monotonic() + FINISH_SECONDS
        while time.monotonic() < deadline:
            try:
                answer = self.attempt(position)
            except (OSError, http.client.HTTPException):
                self.broken += 1
                time.sleep(self.rng.uniform(0.02, 0.06))
                continue
            if answer.status == 200:
                self.answered += 1
                return
            if answer.status != 503:
                raise Failure(f"was answered {answer.status}: {answer.body[:200]!r}")
            time.sleep(self.rng.uniform(0.02, 0.1))
        raise Failure(f"was not answered within {FINISH_SECONDS} s")

    def attempt(self, position: tuple[int, float, float]):
        at, north, east = position
        if self.number % 2:
            query = urllib.parse.urlencode({
                "id": self.device, "user": self.user, "timestamp": at, "lat": f"{north:.7f}",
                "lon": f"{east:.7f}", "speed": SPEED * 3.6 / 1.852, "accuracy": 5,
                "token": ACCESS.token()})
            return self.ask("GET", f"/osmand?{query}", None, {})
        body = {"_type": "location", "tst": at, "lat": north, "lon": east, "acc": 5,
                "vel": round(SPEED * 3.6), "tid": "xx"}
        answer = self.ask(
            "POST", "/owntracks", json.dumps(body).encode(),
            {"Content-Type": "application/json", "X-Limit-U": self.user,
             "X-Limit-D": self.device, **self.basic()})
        if answer.status == 200 and answer.body != b"[]":
            raise Failure(f"OwnTracks was answered {answer.body[:200]!r}")
        return answer

    def ask(self, method: str, path: str, body: bytes | None, headers: dict) -> Answer:
        """One request that carries no more than the app can send."""
        connection = http.client.HTTPConnection("127.0.0.1", self.installation.port, timeout=30)
        with contextlib.closing(connection):
            connection.request(method, path, body, headers)
            return Answer(connection.getresponse())

    def basic(self) -> dict:
        """As the app has it: a user's name that says nothing, and the token as password."""
        text = base64.b64encode(f"any:{ACCESS.token()}".encode()).decode()
        return {"Authorization": f"Basic {text}"}


def meters(a: tuple, b: tuple) -> float:
    east = math.radians(b[2] - a[2]) * math.cos(math.radians((a[1] + b[1]) / 2))
    return math.hypot(east, math.radians(b[1] - a[1])) * 6_371_008.8


def cut(positions: list[tuple]) -> list[list[int]]:
    """The trips of positions in the order of time, as the rule reads: times of each."""
    trips: list[list[int]] = []
    anchor = None
    resting: list[tuple] | None = None
    for position in positions:
        at = position[0]
        if anchor is None:
            trips.append([at])
            anchor = position
            continue
        away = meters(anchor, position) >= STOP_METERS
        if resting is not None:
            if not away:
                resting.append(position)
            elif at - resting[-1][0] >= GAP_SECONDS:
                trips.append([at])
                anchor, resting = position, None
            else:
                trips.append([p[0] for p in resting if p[0] > at - STOP_SECONDS] + [at])
                anchor, resting = position, None
        elif not away and at - anchor[0] >= STOP_SECONDS:
            resting = [position]
        elif at - trips[-1][-1] >= GAP_SECONDS:
            trips.append([at])
            anchor = position
        else:
            trips[-1].append(at)
            if away:
                anchor = position
    return trips


def served(installation: Installation, user: str) -> list[tuple[dict, list[int]]]:
    """A user's trips with the times of their tracks, by time."""
    answer = installation.get(f"/v1/trips?user={user}&limit=100")
    if answer.status != 200:
        raise Failure(f"trips of {user}: {answer.status} {answer.body[:200]!r}")
    trips = []
    for trip in answer.json()["trips"]:
        track = installation.get(f"/v1/trips/{trip['id']}/track").json()["columns"]["time"]
        trips.append((trip, [seconds(time) for time in track]))
    return sorted(trips, key=lambda trip: trip[1])


def seconds(text: str) -> int:
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%S.000Z"))


def check(installation: Installation, phones: list[Phone]) -> tuple[int, int]:
    """Waits until the trips are those expected; how many there are, and positions in them."""
    count = positions = 0
    for user in sorted({phone.user for phone in phones}):
        mine = [phone for phone in phones if phone.user == user]
        days = [cut(phone.positions) for phone in mine]
        expected = sorted(trip for day in days for trip in day)
        lasts = [day[-1] for day in days]
        deadline = time.monotonic() + FINISH_SECONDS
        while True:
            found = served(installation, user)
            right = [trip for _, trip in found] == expected and all(
                trip["score"] is not None and (track in lasts or trip["endedAt"])
                for trip, track in found if len(track) > 60)
            if right:
                break
            if time.monotonic() > deadline:
                raise Failure(f"{user} has {summary(found)}, expected "
                              f"{[(t[0], t[-1], len(t)) for t in expected]}")
            time.sleep(0.1)
        count += len(found)
        positions += sum(len(track) for _, track in found)
    return count, positions


def summary(found: list[tuple[dict, list[int]]]) -> list[tuple]:
    return [(track[0], track[-1], len(track), len(set(track)), trip["status"], trip["score"],
             trip["unscorable"]) for trip, track in found]


def prove(options, directory: pathlib.Path) -> str:
    rng = random.Random(options.seed)
    installation = Installation(options.tacho, directory, ["--no-demo"])
    installation.start()
    phones = [Phone(number, installation, options.seed) for number in range(options.phones)]
    for phone in phones:
        phone.share = 1 / options.kills
        phone.start()
    kills = hits = 0
    try:
        while kills < options.kills and any(phone.is_alive() for phone in phones):
            time.sleep(rng.uniform(0.05, options.interval))
            before = sum(phone.broken for phone in phones)
            installation.kill()
            kills += 1
            for phone in phones:
                phone.share = (kills + 1) / options.kills
            time.sleep(0.1)
            hits += sum(phone.broken for phone in phones) > before
            installation.start()
        for phone in phones:
            phone.join(FINISH_SECONDS)
        failures = [phone.failure for phone in phones if phone.failure]
        if failures:
            raise Failure("; ".join(failures))
        trips, positions = check(installation, phones)
        if installation.stop() != 0:
            raise Failure("SIGTERM did not end it with 0")
    finally:
        installation.kill()
    sent = sum(len(phone.positions) for phone in phones)
    if kills < options.kills:
        raise Failure(f"did not test: the phones were done after {kills} kills")
    return (f"{kills} kills, {hits} with positions unanswered; {len(phones)} phones, {sent} "
            f"positions and {sum(phone.answered for phone in phones) - sent} repeats, "
            f"{positions} in {trips} trips exactly once, the rest at rest")


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--phones", type=int, default=12)
    parser.add_argument("--interval", type=float, default=1.5,
                        help="longest wait before a kill, in seconds")
    options = parser.parse_args()
    print(f"cutter_kills: seed {options.seed}", flush=True)
    with workspace(options, "cutter") as directory:
        conclude("cutter_kills", lambda: prove(options, directory))


if __name__ == "__main__":
    main()
