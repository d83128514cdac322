#!/usr/bin/env python3
"""Takes the broker away under load, cut off and hanging: 503 at once, and no restart needed.

While it is away every upload is answered 503 with Retry-After within a second, reads go on, and no
role ends. Once it is back uploads are taken and visible again within five seconds, and in the end
every acknowledged point is in the results exactly once.
"""

import contextlib
import pathlib
import random
import time

import logfile
import results
from cluster import Cluster, Role
from drive import drive
from installation import Failure, arguments, conclude, workspace
from phones import START_MS, Fleet

ANSWER_SECONDS = 1.0
RECOVERY_SECONDS = 5.0


class Bench:
    def __init__(self, options, directory: pathlib.Path, cleanup: contextlib.ExitStack) -> None:
        self.cluster = Cluster(directory)
        cleanup.callback(self.cluster.stop)
        self.cluster.start()
        self.gateway, self.scorer, self.reader = (
            Role(options.tacho, directory / name, name, self.cluster)
            for name in ("gateway", "scorer", "reader"))
        cleanup.callback(lambda: [role.kill() for role in self.roles])
        for role in self.roles:
            role.start()
        self.points = [point.upload() for point in drive(random.Random(1), 60, START_MS)]
        self.number = 0
        self.refused = 0
        self.slowest = 0.0

    @property
    def roles(self) -> list[Role]:
        return [self.gateway, self.scorer, self.reader]

    def upload(self):
        self.number += 1
        return self.gateway.post_points(f"away-{self.number}", self.points)

    def known(self) -> str:
        """A trip that can be read."""
        answer = self.upload()
        if answer.status != 202:
            raise Failure(f"no 202 while the broker is there: {answer.status}")
        path = f"/v1/trips/away-{self.number}"
        if self.reader.get_after(path, answer.headers["Tacho-Position"]).status != 200:
            raise Failure(f"{path} is not visible")
        return path

    def endure(self, seconds: float, known: str) -> None:
        """Asks for what must go on without a broker."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            began = time.monotonic()
            answer = self.upload()
            took = time.monotonic() - began
            if answer.status != 503 or not answer.headers.get("Retry-After"):
                raise Failure(f"without a broker an upload was answered {answer.status}, "
                              f"Retry-After {answer.headers.get('Retry-After')}")
            self.refused += 1
            self.slowest = max(self.slowest, took)
            for path in (known, known + "/track.csv", "/v1/trips"):
                read = self.reader.get(path)
                if read.status != 200:
                    raise Failure(f"without a broker {path} was answered {read.status}")
            for role in self.roles:
                if role.process.poll() is not None:
                    raise Failure(f"the {role.role} ended with {role.process.returncode}: "
                                  f"{role.tail()}")
            time.sleep(0.05)

    def recover(self) -> float:
        """Seconds until an upload is taken and visible."""
        began = time.monotonic()
        while True:
            answer = self.upload()
            if answer.status == 202:
                break
            if time.monotonic() > began + 60:
                raise Failure(f"no 202 a minute after the broker is back: {answer.status}")
        path = f"/v1/trips/away-{self.number}"
        shown = self.reader.get_after(path, answer.headers["Tacho-Position"])
        if shown.status != 200:
            raise Failure(f"{path} was answered {shown.status}: {self.scorer.tail()}")
        return time.monotonic() - began


def prove(options, directory: pathlib.Path) -> str:
    with contextlib.ExitStack() as cleanup:
        bench = Bench(options, directory, cleanup)
        if bench.cluster.foreign:
            return "left out: the cluster of TACHO_TEST_BROKERS is not ours to stop"
        known = bench.known()
        fleet = Fleet(bench.gateway.port, options.seed, options.phones, 0.05,
                      directory / "ledger.json")
        cleanup.callback(fleet.stop)
        recoveries = []
        for turn in range(options.rounds):
            time.sleep(2)
            is_cut = turn % 2 == 0
            bench.cluster.cut() if is_cut else bench.cluster.pause()
            bench.endure(options.seconds, known)
            bench.cluster.mend() if is_cut else bench.cluster.resume()
            recoveries.append(bench.recover())
        trips = fleet.done()
        points = results.check(bench.reader, trips, directory)
        for role in bench.roles:
            code = role.stop()
            if code != 0:
                raise Failure(f"SIGTERM ended the {role.role} with {code}: {role.tail()}")
        progress, scores = logfile.check_derived_once(bench.cluster.records)
    figures = (
        f"{options.rounds} times away for {options.seconds:.0f} s, cut off and hanging; "
        f"{bench.refused} uploads got 503 with Retry-After (phones: {fleet.counted('refused')}), "
        f"the slowest after {bench.slowest:.2f} s, GETs answered; taken and visible again after "
        f"{', '.join(f'{seconds:.1f}' for seconds in recoveries)} s; {points} points of "
        f"{len(trips)} trips each exactly once; {scores} scores and {progress} progress records "
        f"in order")
    if bench.slowest > ANSWER_SECONDS + options.slack:
        raise Failure(f"an answer took more than {ANSWER_SECONDS} s: {figures}")
    if max(recoveries) > RECOVERY_SECONDS + options.slack:
        raise Failure(f"recovery took more than {RECOVERY_SECONDS} s: {figures}")
    return figures


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--phones", type=int, default=6)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=8, help="how long the broker is away")
    parser.add_argument("--slack", type=float, default=0.0,
                        help="seconds that a busy machine may take longer")
    options = parser.parse_args()
    print(f"kafka_away: seed {options.seed}", flush=True)
    with workspace(options, "kafka-away") as directory:
        conclude("kafka_away", lambda: prove(options, directory))


if __name__ == "__main__":
    main()
