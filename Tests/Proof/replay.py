#!/usr/bin/env python3
"""Candidates that begin later, by time, by duration and by offset, while uploads go on.

Trips lie before the start, after it and on both sides. The candidate's scorer is killed again and
again. In the end its last records are those of a candidate from the first upload on for every trip
that it rescored, the live version's for the others; and so is what the reader serves of it.
"""

import contextlib
import json
import pathlib
import random
import time
from collections.abc import Iterable

import load
import results
from drive import drive
from history import STAGED, Step, fields
from installation import Failure
from logfile import PROGRESS_KEY, Record
from phones import START_MS, Fleet
from results import rfc3339
from releasing import DONE, Bench, engine_arguments, run_engines

MODES = ["datetime", "duration", "offset"]
APART_SECONDS = 1.5


class Drives:
    """Trips that are wholly sent before a moment, wholly after it, or on both sides of it."""

    def __init__(self, bench: Bench, rng: random.Random, count: int) -> None:
        self.bench = bench
        self.trips: list[dict] = []
        self.early: list[tuple[dict, str, dict]] = []
        self.late: list[tuple[dict, str, dict]] = []
        for number in range(count):
            points = drive(rng, rng.randrange(30, 200), START_MS + rng.randrange(30 * 86_400_000))
            trip = {"id": f"drive-{rng.randrange(1 << 32):x}-{number}", "points": set(points),
                    "numbered": True, "position": ""}
            self.trips.append(trip)
            uploads = [*((trip, "points", {"points": [point.upload() for point in batch]})
                         for batch in (points[at:at + 25] for at in range(0, len(points), 25))),
                       (trip, "end", {})]
            cut = [0, len(uploads), rng.randrange(1, len(uploads))][number % 3]
            self.early += uploads[:cut]
            self.late += uploads[cut:]

    def send(self, uploads: Iterable[tuple[dict, str, dict]]) -> None:
        for trip, path, body in uploads:
            answer = self.bench.gateway.request(
                "POST", f"/v1/trips/{trip['id']}/{path}",
                json.dumps({"userId": "driver", **body}).encode(),
                {"Content-Type": "application/json"})
            if answer.status != 202:
                raise Failure(f"{trip['id']}: {path} was answered {answer.status}")
            trip["position"] = answer.headers["Tacho-Position"]


def last_records(records: Iterable[Record]) -> dict[bytes, Record]:
    """Of every key the last; deleted ones and progress are left out."""
    last = {record.key: record for record in records if record.key != PROGRESS_KEY}
    return {key: record for key, record in last.items() if record.value is not None}


def first_since(uploads: list[Record], moment: int) -> dict[int, int]:
    """In each partition the lowest offset of that time or a later one, or the end."""
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}
    for record in uploads:
        ends[record.partition] = record.offset + 1
        if record.time_ms >= moment:
            starts.setdefault(record.partition, record.offset)
    return {partition: starts.get(partition, end) for partition, end in ends.items()}


def check_starts(mode: str, staged: Step, before: list[Record], held: set[int],
                 moments: tuple[int, int], offset: int) -> None:
    """Where it begins is where the design says, found by looking at every record."""
    lows, highs = (first_since(before, moment) for moment in moments)
    for partition, start in staged.starts.items():
        if partition not in lows:
            continue
        low, high = lows[partition], highs[partition]
        if mode == "offset":
            end = max(one.offset for one in before if one.partition == partition) + 1
            low = min(offset, end)
            high = max(low, offset if offset > end else low)
        if not low <= start <= max(low, high):
            raise Failure(f"by {mode}, partition {partition} begins at {start}, not at {low}"
                          + (f" to {high}" if high != low else ""))
    # One that is not named begins at its first record: so does one that had none when it was staged.
    lacking = [partition for partition in held - set(staged.starts) if lows[partition] > 0]
    if lacking:
        raise Failure(f"by {mode}, there is no start for partitions {sorted(lacking)}")


def stage(bench: Bench, mode: str, moment: int, rng: random.Random) -> Step:
    """Stages a candidate that begins there, after a dry run that changes nothing."""
    ends = {one.partition: one.offset + 1 for one in bench.log.records("trip-uploads")}
    offset = int(min(ends.values()) * rng.uniform(0.2, 0.4))
    known = bench.history()
    seconds = round(time.time() - moment / 1000)
    words = {"datetime": ["--to-datetime", rfc3339(moment)],
             "duration": ["--by-duration", f"{seconds}s"],
             "offset": ["--to-offset", str(offset)]}[mode]
    words += ["--rules", "strict", "--json"]
    bench.run("replay", *words).expect(DONE)
    if bench.history() != known:
        raise Failure("a dry run is on the topic")
    began = time.time()
    bench.run("replay", *words, "--execute").expect(DONE)
    ended = time.time()
    staged = bench.history().counted[-1]
    if staged.step != STAGED or staged.base != 1:
        raise Failure(f"a replay staged {staged}")
    moments = (moment, moment)
    if mode == "duration":
        moments = (int(1000 * (began - seconds)), int(1000 * (ended - seconds)) + 1)
    check_starts(mode, staged, list(bench.log.records("trip-uploads")), set(ends), moments,
                 offset)
    return staged


def settle(bench: Bench, version: int, rng: random.Random, kills: int) -> None:
    """Its scorer runs, is killed and runs again, until it has caught up."""
    scorer = bench.start_scorer(version)
    for _ in range(kills):
        time.sleep(rng.uniform(0, 1.2))
        scorer.kill()
        scorer.start()
    bench.release("await", str(version), "--hold", "1").expect(DONE)


def compare(bench: Bench, staged: Step, whole: int) -> dict[str, bool]:
    """Trip by trip and event by event; of each trip whether it was rescored."""
    def is_rescored(key: bytes) -> bool:
        record = uploads[key]
        return record.offset >= staged.starts.get(record.partition, 0)

    uploads = {record.key: record for record in bench.log.records("trip-uploads")}
    scores = {version: last_records(bench.log.records(f"trip-scores.v{version}"))
              for version in (1, whole, staged.version)}
    wanted = {key: scores[whole if is_rescored(key) else 1].get(key) for key in uploads}
    differ("trip", scores[staged.version], wanted)
    pois = {version: last_records(bench.log.records(f"pois.v{version}"))
            for version in (1, whole, staged.version)}
    def of(version: int, rescored: bool) -> dict[bytes, Record]:
        return {key: record for key, record in pois[version].items()
                if is_rescored(fields(record.value)[1][0]) == rescored}
    differ("event", pois[staged.version], {**of(whole, True), **of(1, False)})
    return {key.decode(): is_rescored(key) for key in uploads}


def differ(what: str, found: dict[bytes, Record], wanted: dict[bytes, Record | None]) -> None:
    values = {key: record.value for key, record in wanted.items() if record}
    wrong = [key for key in values.keys() | found.keys()
             if key not in found or found[key].value != values.get(key)]
    if wrong:
        missing = sum(key not in found for key in wrong)
        raise Failure(f"of {len(values)} {what}s {len(wrong)} are not as they were to be, "
                      f"{missing} of them missing, such as {wrong[0]!r}")


def check_served(bench: Bench, staged: Step, whole: int, rescored: dict[str, bool]) -> None:
    """The reader serves of the candidate what it serves of the others."""
    def document(name: str, path: str, version: int) -> bytes:
        answer = bench.reader.get(f"/v1/trips/{name}{path}", {"Tacho-Version": str(version)})
        if answer.status != 200 or answer.headers["Tacho-Version"] != str(version):
            raise Failure(f"{name}{path} of version {version} was answered {answer.status}")
        return answer.body.replace(b'"version":%d}' % version, b'"version":0}')

    for name, is_rescored in rescored.items():
        other = whole if is_rescored else 1
        for path in ("", "/events", "/track"):
            if document(name, path, staged.version) != document(name, path, other):
                raise Failure(f"{name}{path} of version {staged.version} is not version {other}'s")


def prove(options, directory: pathlib.Path, engine: str) -> str:
    rng = random.Random(options.seed)
    figures = []
    with contextlib.ExitStack() as cleanup:
        bench = Bench(options, directory, engine, cleanup)
        drives = Drives(bench, rng, options.trips)
        drives.send(drives.early)
        time.sleep(APART_SECONDS)
        moment = int(1000 * time.time())
        time.sleep(APART_SECONDS)
        half = len(drives.late) // 2
        drives.send(drives.late[:half])
        fleet = Fleet(bench.gateway.port, options.seed, 4, 0.1, directory / "ledger.json")
        cleanup.callback(fleet.stop)
        staged = []
        for mode in options.modes:
            staged.append(stage(bench, mode, moment, rng))
            settle(bench, staged[-1].version, rng, options.kills)
        drives.send(drives.late[half:])
        bench.release("stage", "--rules", "strict").expect(DONE)
        whole = bench.history().counted[-1].version
        sent = drives.trips + fleet.done()
        settle(bench, whole, rng, 0)
        points = results.check(bench.reader, sent, directory)
        for one in staged:
            bench.release("await", str(one.version), "--hold", "0.5").expect(DONE)
            rescored = compare(bench, one, whole)
            check_served(bench, one, whole, rescored)
            count = sum(rescored.values())
            if not 0 < count < len(rescored):
                raise Failure(f"did not test: {count} of {len(rescored)} trips were rescored by "
                              f"version {one.version}")
            figures.append(f"{count} trips rescored, {len(rescored) - count} taken over")
        bench.check_history()
        bench.stop()
    modes = "; ".join(f"by {mode} {figure}" for mode, figure in zip(options.modes, figures))
    return (f"{engine}: {len(sent)} trips, {points} points; {modes}; "
            f"{options.kills} kills of each scorer")


def main() -> None:
    parser = engine_arguments(__doc__)
    parser.add_argument("--modes", nargs="+", choices=MODES, default=MODES)
    parser.add_argument("--trips", type=int, default=300)
    parser.add_argument("--kills", type=int, default=4)
    run_engines("replay", parser.parse_args(), prove)


if __name__ == "__main__":
    main()
