#!/usr/bin/env python3
"""Puts poison straight onto `trip-uploads` under load, on both engines.

While phones upload, records that no version can use are appended to the log of a running
`tacho up`, one by one and in bursts. Each must be in dead-letters.v1 exactly once, its bytes as
they came and its place in the headers; the phones' trips must come out as the kernel says; and no
healthy upload may wait a second for its score. Then `tacho dead-letters` is used as an operator
would: list, show, plan, redrive, and redrive again.
"""

import base64
import concurrent.futures
import contextlib
import http.client
import json
import pathlib
import random
import subprocess
import threading
import time
from collections import Counter
from typing import NamedTuple

import confluent_kafka

import logfile
import results
from cluster import PARTITIONS, Cluster, Role
from drive import drive
from installation import ACCESS, Failure, Installation, arguments, conclude, die_with_parent, workspace
from phones import START_MS, Fleet

STALL_SECONDS = 1.0
SETTLE_SECONDS = 30
UPLOADS, LETTERS = "trip-uploads", "dead-letters.v1"
KIP_1034 = "__streams.errors."
REASONS = ["undecodable", "noValue", "badKey", "foreignTrip", "tripDeleted", "tripFull"]
LEAST = 20
WARM_UPLOADS = 3


class Poison(NamedTuple):
    reason: str
    partition: int
    key: bytes
    value: bytes | None
    headers: dict[str, bytes]


class EmbeddedSite:
    """`tacho up` on a directory, and a second process on its log."""

    name = "embedded"

    def __init__(self, options, directory: pathlib.Path) -> None:
        self.up = Installation(options.tacho, directory,
                               ["--no-demo", "--partitions", str(PARTITIONS)])
        self.stress = pathlib.Path(self.up.tacho).parent / "log-stress"
        self.putter: subprocess.Popen | None = None

    def start(self) -> None:
        self.up.start()
        self.putter = subprocess.Popen(
            [str(self.stress), "put", str(self.up.data / "log.sqlite"), UPLOADS],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=die_with_parent)

    def put(self, record: Poison) -> int:
        """Appends the record and returns its offset."""
        value = "-" if record.value is None else record.value.hex()
        words = [str(record.partition), record.key.hex() or "-", value,
                 *(f"{name}={data.hex()}" for name, data in record.headers.items())]
        assert self.putter is not None
        self.putter.stdin.write(" ".join(words) + "\n")
        self.putter.stdin.flush()
        return int(self.putter.stdout.readline().rpartition("@")[2])

    def records(self, topic: str):
        return logfile.records(self.up.data, topic)

    def where(self) -> list[str]:
        return ["--data", str(self.up.data)]

    def close(self) -> None:
        self.up.kill()
        if self.putter is not None:
            self.putter.kill()
            self.putter.wait()


class KafkaSite:
    """`tacho up` on a cluster, and another producer."""

    name = "kafka"

    def __init__(self, options, directory: pathlib.Path) -> None:
        self.cluster = Cluster(directory)
        self.up = Role(options.tacho, directory / "up", "up", self.cluster, ["--no-demo"])
        self.producer: confluent_kafka.Producer | None = None

    def start(self) -> None:
        self.cluster.start()
        self.up.start()
        self.producer = confluent_kafka.Producer(
            {"bootstrap.servers": self.cluster.address, "linger.ms": 0})

    def put(self, record: Poison) -> int:
        told: list = []
        assert self.producer is not None
        self.producer.produce(
            self.cluster.prefix + UPLOADS, key=record.key, value=record.value,
            partition=record.partition, headers=list(record.headers.items()),
            on_delivery=lambda error, message: told.append((error, message.offset())))
        self.producer.flush(10)
        if not told or told[0][0] is not None:
            raise Failure(f"the cluster does not take poison: {told}")
        return told[0][1]

    def records(self, topic: str):
        return self.cluster.records(topic)

    def where(self) -> list[str]:
        return self.cluster.options()

    def close(self) -> None:
        self.up.kill()
        self.cluster.stop()


class Watcher(threading.Thread):
    """A phone that looks for each of its uploads as soon as it is answered."""

    def __init__(self, number: int, seed: int, port: int) -> None:
        super().__init__(daemon=True)
        self.rng = random.Random(f"{seed}-watcher-{number}")
        self.number = number
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.finish = threading.Event()
        self.waits: list[tuple[float, float]] = []
        self.problem: Failure | None = None

    def run(self) -> None:
        trip = 0
        try:
            while not self.finish.is_set():
                points = drive(self.rng, 40, START_MS)
                for first in range(0, len(points), 8):
                    self.watch(f"watched-{self.number}-{trip}", points[first:first + 8])
                    self.finish.wait(self.rng.uniform(0, 0.1))
                trip += 1
        except Failure as failure:
            self.problem = failure
        except (OSError, http.client.HTTPException) as error:
            self.problem = Failure(f"watcher {self.number}: {error!r}")

    def watch(self, trip: str, points: list) -> None:
        began = time.monotonic()
        body = json.dumps({"points": [point.upload() for point in points]})
        status, headers, content = self.ask("POST", f"/v1/trips/{trip}/points", body,
                                            {"Content-Type": "application/json"})
        if status != 202:
            raise Failure(f"upload answered {status}: {content[:200]!r}")
        while True:
            status, _, content = self.ask("GET", f"/v1/trips/{trip}", None,
                                          {"Tacho-Read-After": headers["Tacho-Position"]})
            if status == 200:
                break
            if status != 503 or time.monotonic() > began + SETTLE_SECONDS:
                raise Failure(f"GET answered {status}: {content[:200]!r}")
        self.waits.append((began, time.monotonic() - began))

    def ask(self, method: str, path: str, body, headers: dict):
        self.connection.request(method, path, body, ACCESS.fields() | headers)
        response = self.connection.getresponse()
        return response.status, response.headers, response.read()


class Poisoner:
    """Makes records that cannot be used, and remembers what it put where."""

    def __init__(self, site, rng: random.Random) -> None:
        self.site = site
        self.rng = rng
        self.put: dict[tuple[int, int], Poison] = {}
        self.alive = self.trip("alive")
        self.deleted = self.trip("deleted")
        site.put(Poison("", self.deleted, b"deleted", by(b"owner") + b"\x3a\x00", {}))

    def trip(self, name: str) -> int:
        """Makes a trip, and returns the partition that it is in."""
        point = drive(self.rng, 1, START_MS)[0].upload()
        body = json.dumps({"userId": "owner", "points": [point]}).encode()
        answer = self.site.up.request("POST", f"/v1/trips/{name}/points", body,
                                      {"Content-Type": "application/json"})
        if answer.status != 202:
            raise Failure(f"upload answered {answer.status}")
        return int(answer.headers["Tacho-Position"].partition("/")[2].partition("@")[0])

    def make(self, reason: str) -> Poison:
        rng = self.rng
        partition = rng.randrange(PARTITIONS)
        key, value = b"poison", by(b"owner") + b"\x22\x00"
        match reason:
            case "undecodable":
                value = rng.choice([b"\xff" + rng.randbytes(rng.randrange(2000)), b"\x08",
                                    b"\x2a\x7f", by(b"owner"), by(b"owner") + b"\x7a\x00"])
            case "noValue":
                value = None
            case "badKey":
                key = rng.choice([b"", b"a b", b"\xff\xfe", b"x" * 129])
            case "foreignTrip":
                partition, key, value = self.alive, b"alive", by(b"stranger") + b"\x22\x00"
            case "tripDeleted":
                partition, key = self.deleted, b"deleted"
            case "tripFull":
                partition, key, value = self.alive, b"alive", by(b"owner") + far_apart()
        headers = {"poison": rng.randbytes(8), "ce_id": b"x", "empty": b""}
        return Poison(reason, partition, key, value, headers)

    def burst(self, count: int) -> None:
        for _ in range(count):
            record = self.make(REASONS[len(self.put) % len(REASONS)])
            self.put[record.partition, self.site.put(record)] = record


def by(user: bytes) -> bytes:
    """The beginning of a TripUpload: who wrote it."""
    return b"\x0a" + bytes([len(user)]) + user


def far_apart() -> bytes:
    """The rest of a TripUpload: two points with eight days between them."""
    def column(number: int, *deltas: int) -> bytes:
        body = b"".join(varint(delta << 1) for delta in deltas)
        packed = b"\x0a" + varint(len(body)) + body
        return bytes([number << 3 | 2]) + varint(len(packed)) + packed
    batch = (b"\x08\x02" + column(2, START_MS, 8 * 86_400_000) + column(3, 10, 10)
             + column(4, 10, 10))
    return b"\x2a" + varint(len(batch)) + batch


def varint(number: int) -> bytes:
    data = bytearray()
    while number >= 0x80:
        data.append(number & 0x7F | 0x80)
        number >>= 7
    data.append(number)
    return bytes(data)


def check_letters(site, put: dict[tuple[int, int], Poison]) -> None:
    """Every record that was put is a dead letter exactly once, as it came."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while len(letters := list(site.records(LETTERS))) < len(put):
        if time.monotonic() > deadline:
            raise Failure(f"{len(letters)} dead letters of {len(put)} after {SETTLE_SECONDS} s")
        time.sleep(0.1)
    seen: Counter = Counter()
    for letter in letters:
        told = {name.removeprefix(KIP_1034): value.decode()
                for name, value in letter.headers.items() if name.startswith(KIP_1034)}
        if set(told) != {"exception", "message", "topic", "partition", "offset"}:
            raise Failure(f"{LETTERS}/{letter.partition}@{letter.offset} has {sorted(told)}")
        place = int(told["partition"]), int(told["offset"])
        record = put.get(place)
        if record is None:
            raise Failure(f"{place} of {UPLOADS} is no poison, and a dead letter: {told}")
        seen[place] += 1
        headers = {name: value for name, value in letter.headers.items()
                   if not name.startswith(KIP_1034)}
        found = Poison(told["exception"], letter.partition, letter.key, letter.value, headers)
        if found != record or told["topic"] != UPLOADS or not told["message"]:
            raise Failure(f"{record} became {found}, {told}")
    wrong = {place: count for place, count in seen.items() if count != 1}
    if wrong or len(seen) != len(put):
        raise Failure(f"{len(seen)} of {len(put)} are dead letters; not once: {wrong}")


class Operator:
    """Who runs `tacho dead-letters`."""

    def __init__(self, site) -> None:
        self.site = site

    def run(self, code: int, *words: str) -> bytes:
        command = [self.site.up.tacho, "dead-letters", *words, *self.site.where()]
        run = subprocess.run(command, capture_output=True, timeout=120, check=False)
        if run.returncode != code:
            raise Failure(f"{' '.join(command)} ended with {run.returncode} instead of {code}: "
                          f"{run.stdout[-500:]!r} {run.stderr[-500:]!r}")
        return run.stdout

    def told(self, code: int, *words: str) -> dict:
        return json.loads(self.run(code, *words, "--json"))

    def count(self, topic: str) -> int:
        return sum(1 for _ in self.site.records(topic))

    def stumble(self) -> None:
        """What is not there is said, and everything is only taken where it was named."""
        nobody = f"{UPLOADS}/0@999999999"
        commands = [(0, "list"), (1, "show", nobody), (2, "show", "nowhere"), (2, "redrive"),
                    (2, "redrive", "--execute"), (1, "redrive", nobody, "--execute"),
                    (2, "list", "--since", "yesterday"), (1, "list", "--version", "7")]
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            for _ in pool.map(lambda words: self.run(*words), commands):
                pass

    def listed(self, *words: str) -> dict[str, dict]:
        return {origin["origin"]: origin for origin in self.told(0, "list", *words)["origins"]}

    def look(self, put: dict[tuple[int, int], Poison], shows: int) -> None:
        """Lists all of it, and shows one of so many reasons."""
        listed = self.listed()
        expected = {f"{UPLOADS}/{partition}@{offset}": record.reason
                    for (partition, offset), record in put.items()}
        if {name: origin["reason"] for name, origin in listed.items()} != expected:
            raise Failure(f"list does not tell of what was put: {str(listed)[:500]}")
        if {(origin["state"], len(origin["letters"])) for origin in listed.values()} != {
                ("open", 1)}:
            raise Failure(f"not each is open with one letter: {str(listed)[:500]}")
        one = {record.reason: (f"{UPLOADS}/{partition}@{offset}", record)
               for (partition, offset), record in put.items()}
        for reason in list(one)[:shows]:
            self.show(*one[reason], listed)
        name, record = one["undecodable"]
        if (raw := self.run(0, "show", name, "--raw", "-")) != record.value:
            raise Failure(f"show --raw {name} gives {raw[:50]!r}, not {record.value[:50]!r}")
        text = self.run(0, "show", name).decode()
        if record.reason not in text or listed[name]["letters"][0] not in text:
            raise Failure(f"show {name} does not tell why: {text}")

    def show(self, name: str, record: Poison, listed: dict[str, dict]) -> None:
        told = self.told(0, "show", name)
        headers = {header["name"]: base64.b64decode(header["base64"])
                   for header in told["headers"]}
        value = base64.b64decode(told["valueBase64"]) if "valueBase64" in told else None
        if (base64.b64decode(told["keyBase64"]), value, headers) != (
                record.key, record.value, record.headers):
            raise Failure(f"show {name} tells {told} of {record}")
        if told["upload"] != {**listed[name], "ageSeconds": told["upload"]["ageSeconds"]}:
            raise Failure(f"show {name} tells {told['upload']}, list {listed[name]}")

    def redrive(self, put: dict[tuple[int, int], Poison]) -> list[dict]:
        """Plans, redrives beside the running server, stops it, and redrives twice.

        Returns the copies.
        """
        uploads = self.count(UPLOADS)
        plan = self.told(0, "redrive", "--all")
        if len(plan["planned"]) != len(put) or plan["isExecuted"] or plan["copies"]:
            raise Failure(f"the plan for all of {len(put)}: {str(plan)[:500]}")
        if self.count(UPLOADS) != uploads:
            raise Failure("a plan alone appended something")
        # Nobody can use them: each copy becomes a dead letter again, of the same upload.
        first = self.told(3, "redrive", "--reason", "noValue", "--execute")
        if len(first["failed"]) != len(first["planned"]) or not first["planned"]:
            raise Failure(f"redriven beside the server: {str(first)[:500]}")
        if self.site.up.stop() != 0:
            raise Failure(f"SIGTERM: {self.site.up.tail()}")
        second = self.told(0, "redrive", "--reason", "badKey", "--execute", "--wait", "0")
        third = self.told(0, "redrive", "--reason", "badKey", "--execute", "--wait", "0")
        if len(second["copies"]) != len(second["planned"]) or third["copies"] or not second[
                "copies"] or {left["why"] for left in third["leftOut"]} != {"waiting"}:
            raise Failure(f"redriven twice: {str(second)[:300]} {str(third)[:300]}")
        copies = first["copies"] + second["copies"]
        if self.count(UPLOADS) != uploads + len(copies):
            raise Failure(f"{self.count(UPLOADS) - uploads} uploads came of {len(copies)} copies")
        return copies

    def again(self, put: dict[tuple[int, int], Poison], copies: list[dict]) -> None:
        """Starts the server again: each copy becomes a dead letter of the same upload, once."""
        self.site.up.start()
        deadline = time.monotonic() + SETTLE_SECONDS
        while self.count(LETTERS) < len(put) + len(copies):
            if time.monotonic() > deadline:
                raise Failure("copies did not become dead letters again")
            time.sleep(0.1)
        listed = self.listed()
        again = {copy["origin"] for copy in copies}
        if len(listed) != len(put):
            raise Failure(f"{len(listed)} origins of {len(put)} uploads")
        for name, origin in listed.items():
            if origin["state"] != "open" or len(origin["letters"]) != 1 + (name in again):
                raise Failure(f"after redrives {name} is {origin}")
        if self.count(LETTERS) != len(put) + len(copies):
            raise Failure("a copy is a dead letter twice")


class Loaded(NamedTuple):
    """An engine that had its poison."""

    site: EmbeddedSite | KafkaSite
    put: dict[tuple[int, int], Poison]
    figures: str


def warm_up(watchers: list[Watcher]) -> None:
    """Until every watcher has seen some of its uploads: first calls of a process take longer."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while any(len(watcher.waits) < WARM_UPLOADS for watcher in watchers):
        if time.monotonic() > deadline or any(watcher.problem for watcher in watchers):
            raise Failure(f"uploads do not become visible: {[w.problem for w in watchers]}")
        time.sleep(0.05)


def is_too_little(put: dict) -> bool:
    """Whether what was put shows too little, or not of every reason."""
    return len(put) < LEAST or len({record.reason for record in put.values()}) < len(REASONS)


def load(site, options, directory: pathlib.Path) -> Loaded:
    """Phones, then poison beside them."""
    rng = random.Random(f"{options.seed}-{site.name}")
    site.start()
    with contextlib.ExitStack() as cleanup:
        fleet = Fleet(site.up.port, options.seed, options.phones, 0.05,
                      directory / "ledger.json", resends=False)
        cleanup.callback(fleet.stop)
        watchers = [Watcher(number, options.seed, site.up.port)
                    for number in range(options.watchers)]
        for watcher in watchers:
            watcher.start()
        warm_up(watchers)
        poisoner = Poisoner(site, rng)
        time.sleep(options.seconds / 2)
        poisoned_at = time.monotonic()
        # A busy machine may take longer until there is enough to tell.
        latest = poisoned_at + options.seconds + SETTLE_SECONDS
        while time.monotonic() < poisoned_at + options.seconds or (
                is_too_little(poisoner.put) and time.monotonic() < latest):
            poisoner.burst(rng.choice([1, 1, 2, 30]))
            time.sleep(rng.uniform(0, 0.4))
        for watcher in watchers:
            watcher.finish.set()
        for watcher in watchers:
            watcher.join(SETTLE_SECONDS + 10)
            if watcher.problem:
                raise watcher.problem
        trips = fleet.done()
    put = poisoner.put
    points = results.check(site.up, trips, directory)
    check_letters(site, put)
    waits = [wait for watcher in watchers for wait in watcher.waits[WARM_UPLOADS:]]
    before = [wait for began, wait in waits if began + wait < poisoned_at]
    since = [wait for began, wait in waits if began + wait >= poisoned_at]
    reasons = Counter(record.reason for record in put.values())
    told = ", ".join(f"{reason} {count}" for reason, count in sorted(reasons.items()))
    figures = (f"{site.name}: {len(put)} poison records ({told}), each a dead letter exactly "
               f"once; {len(trips)} trips, {points} points as the kernel says; {len(since)} "
               f"healthy uploads scored and visible after at most "
               f"{max(since, default=0) * 1000:.0f} ms ({max(before, default=0) * 1000:.0f} ms of "
               f"{len(before)} before the poison)")
    print(f"poison: {figures}", flush=True)
    if len(since) < LEAST or is_too_little(put):
        raise Failure(f"did not test: {figures}")
    if max(since) >= STALL_SECONDS:
        raise Failure(f"the stream stalled: {figures}")
    return Loaded(site, put, figures)


def operate(loaded: Loaded, shows: int, restarts: bool, stumbles: bool) -> None:
    """What an operator does then; the server is stopped after it."""
    operator = Operator(loaded.site)
    operator.look(loaded.put, shows)
    if stumbles:
        operator.stumble()
    copies = operator.redrive(loaded.put)
    if restarts:
        operator.again(loaded.put, copies)
        if loaded.site.up.stop() != 0:
            raise Failure(f"SIGTERM: {loaded.site.up.tail()}")


def prove(options, directory: pathlib.Path) -> str:
    loaded = []
    with contextlib.ExitStack() as cleanup:
        # Closed last: a server that one of its threads started ends with that thread.
        pool = cleanup.enter_context(concurrent.futures.ThreadPoolExecutor())
        for name in options.engines.split(","):
            below = directory / name
            below.mkdir()
            site = {"embedded": EmbeddedSite, "kafka": KafkaSite}[name](options, below)
            cleanup.callback(site.close)
            loaded.append(load(site, options, below))
        # Nothing is timed any more: all at once. Stumbling is the same on every engine.
        restarts = options.restarts.split(",")
        for operator in [pool.submit(operate, each, options.shows, each.site.name in restarts,
                                     each is loaded[-1]) for each in loaded]:
            operator.result()
    return ("; ".join(each.figures for each in loaded)
            + "; listed, shown and redriven on each")


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--engines", default="kafka,embedded", help="comma separated")
    parser.add_argument("--restarts", default="kafka,embedded",
                        help="engines whose server is started again after the redrives")
    parser.add_argument("--seconds", type=float, default=20, help="of poison, an engine")
    parser.add_argument("--phones", type=int, default=6)
    parser.add_argument("--watchers", type=int, default=4)
    parser.add_argument("--shows", type=int, default=len(REASONS),
                        help="reasons of which one is shown, an engine")
    options = parser.parse_args()
    print(f"poison: seed {options.seed}", flush=True)
    with workspace(options, "poison") as directory:
        conclude("poison", lambda: prove(options, directory))


if __name__ == "__main__":
    main()
