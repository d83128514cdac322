#!/usr/bin/env python3
"""The embedded log and a cluster give the same results, to the byte, whatever way points come.

`tacho up` on each gets the same drives: on one in order, on the other shuffled, cut otherwise,
resent and ended first; and the same files by `tacho import`. Compared are the last key and value
of every key of the derived topics, and what people and programs are shown: documents, events,
tracks in every format, pages and lists.
"""

import contextlib
import json
import pathlib
import random
import re
import subprocess

import logfile
import results
from cluster import PARTITIONS, Cluster
from drive import drive
from installation import Failure, Installation, arguments, conclude, workspace
from logfile import PROGRESS_KEY
from phones import START_MS

TOPICS = ["trip-scores.v1", "pois.v1"]
SHOWN = ["", "/events", "/track", "/track.csv", "/track.gpx", "/track.geojson"]


class Side:
    """One installation, and how it is sent to."""

    def __init__(self, name: str, options, directory: pathlib.Path, words: list[str]) -> None:
        self.installation = Installation(
            options.tacho, directory / name, ["--partitions", str(PARTITIONS), *words])
        self.positions: dict[str, str] = {}

    def send(self, path: str, body: dict) -> None:
        answer = self.installation.request(
            "POST", path, json.dumps(body).encode(), {"Content-Type": "application/json"})
        if answer.status != 202:
            raise Failure(f"{path} was answered {answer.status}: {answer.body[:300]!r}")
        trip = path.split("/")[3]
        old, new = self.positions.get(trip, ""), answer.headers["Tacho-Position"]
        if offset(new) > offset(old):
            self.positions[trip] = new

    def read(self, path: str, trip: str) -> bytes:
        answer = self.installation.get_after(path, self.positions[trip])
        if answer.status != 200:
            raise Failure(f"{path} was answered {answer.status}: {answer.body[:300]!r}")
        return answer.body

    def bring_in(self, tacho: str, path: pathlib.Path) -> list[str]:
        run = subprocess.run(
            [tacho, "import", str(path), "--user", "ann", "--json", "--url",
             f"http://127.0.0.1:{self.installation.port}"],
            capture_output=True, text=True, timeout=120, check=False)
        if run.returncode != 0:
            raise Failure(f"tacho import {path.name} ended with {run.returncode}: {run.stderr}")
        told = [json.loads(text) for text in run.stdout.replace("}\n{", "}\0{").split("\0")]
        for line in told:
            self.positions[line["trip"]] = line["position"]
        return [line["trip"] for line in told]


def offset(position: str) -> int:
    return int(position.rpartition("@")[2] or -1)


def last_values(records) -> dict[tuple[str, bytes], bytes]:
    """What the design compares: keys whose last value is none count as absent."""
    last: dict[tuple[str, bytes], bytes] = {}
    for topic in TOPICS:
        for record in records(topic):
            if record.key == PROGRESS_KEY:
                continue
            if record.value is None:
                last.pop((topic, bytes(record.key)), None)
            else:
                last[topic, bytes(record.key)] = bytes(record.value)
    return last


def upload_all(first: Side, second: Side, seed: int, trips: int) -> list[dict]:
    """The same points to both; on the second in another way. Returns the trips."""
    made = []
    for number in range(trips):
        rng = random.Random(f"{seed}-{number}")
        numbered = rng.random() < 0.7
        points = drive(rng, rng.randrange(30, 900), START_MS + number * 7_200_000, numbered)
        name = f"same-{seed:x}-{number}"
        common = {"userId": f"u{number % 5}", "name": f"Trip {number}"}
        path = f"/v1/trips/{name}"
        # Owner and name are the first writer's on both, since they follow the order of the log.
        opening = {**common, "points": [points[0].upload()]}
        first.send(f"{path}/points", opening)
        second.send(f"{path}/points", opening)
        for start in range(1, len(points), 60):
            batch = [point.upload() for point in points[start:start + 60]]
            first.send(f"{path}/points", {**common, "points": batch})
        first.send(f"{path}/end", {"userId": common["userId"]})
        second.send(f"{path}/end", {"userId": common["userId"]})
        rest = points[1:]
        rng.shuffle(rest)
        while rest:
            size = rng.choice([1, 7, 25, 256])
            batch, rest = rest[:size], rest[size:]
            again = rng.sample(batch, min(len(batch), 3)) if rng.random() < 0.2 else []
            body = [point.upload() for point in batch + again]
            second.send(f"{path}/points", {**common, "points": body})
        made.append({"id": name, "numbered": numbered, "points": set(points)})
    return made


def without_place(page: bytes) -> bytes:
    """A page without what differs between two servers for good: none so far but its address."""
    return re.sub(rb"127\.0\.0\.1:\d+", b"HOST", page)


def compare_shown(first: Side, second: Side, trips: list[str]) -> int:
    compared = 0
    for trip in trips:
        paths = [f"/v1/trips/{trip}{what}" for what in SHOWN] + [f"/trips/{trip}"]
        for path in paths:
            one, other = first.read(path, trip), second.read(path, trip)
            if without_place(one) != without_place(other):
                raise Failure(f"{path} differs: {one[:200]!r}… and {other[:200]!r}…")
            compared += 1
    for path in ["/v1/trips?limit=100", "/", "/v1/users/u1"]:
        one, other = first.installation.get(path), second.installation.get(path)
        if (one.status, without_place(one.body)) != (other.status, without_place(other.body)):
            raise Failure(f"{path} differs: {one.body[:300]!r}… and {other.body[:300]!r}…")
        compared += 1
    return compared


def prove(options, directory: pathlib.Path) -> str:
    with contextlib.ExitStack() as cleanup:
        cluster = Cluster(directory)
        cleanup.callback(cluster.stop)
        cluster.start()
        embedded = Side("embedded", options, directory, ["--no-demo"])
        kafka = Side("kafka", options, directory, ["--no-demo", *cluster.options()])
        sides = [embedded, kafka]
        cleanup.callback(lambda: [side.installation.kill() for side in sides])
        for side in sides:
            side.installation.start()
        trips = upload_all(embedded, kafka, options.seed, options.trips)
        names = [trip["id"] for trip in trips]
        file = directory / "import.csv"
        results.write_csv(file, [
            {"id": "imported", "numbered": False,
             "points": drive(random.Random(options.seed), 400, START_MS, False)}], False)
        brought = [side.bring_in(options.tacho, file) for side in sides]
        again = kafka.bring_in(options.tacho, file)
        if brought[0] != brought[1] or brought[1] != again:
            raise Failure(f"imported as {brought}, again as {again}")
        names += brought[0]
        shown = compare_shown(embedded, kafka, names)
        documents, _ = results.score(options.tacho, trips, directory)
        for trip in trips:
            told = json.loads(kafka.read(f"/v1/trips/{trip['id']}", trip["id"]))
            for field in results.KERNEL_FIELDS:
                if told[field] != documents[trip["id"]][field]:
                    raise Failure(f"{trip['id']}: {field} is {told[field]}, the kernel says "
                                  f"{documents[trip['id']][field]}")
        for side in sides:
            code = side.installation.stop()
            if code != 0:
                raise Failure(f"SIGTERM ended it with {code}: {side.installation.tail()}")
        one = last_values(lambda topic: logfile.records(embedded.installation.data, topic))
        other = last_values(cluster.records)
    if one != other:
        differing = [key for key in one.keys() | other.keys() if one.get(key) != other.get(key)]
        raise Failure(f"{len(differing)} keys differ, such as {sorted(differing)[:3]}")
    return (f"{len(names)} trips, {sum(len(trip['points']) for trip in trips)} points: {len(one)} "
            f"last values of both topics the same on both engines, {shown} documents, tracks, "
            f"lists and pages too")


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--trips", type=int, default=40)
    options = parser.parse_args()
    print(f"kafka_same: seed {options.seed}", flush=True)
    with workspace(options, "kafka-same") as directory:
        conclude("kafka_same", lambda: prove(options, directory))


if __name__ == "__main__":
    main()
