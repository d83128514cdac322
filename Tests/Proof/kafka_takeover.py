#!/usr/bin/env python3
"""Several scorers share the partitions: one is killed, then each is restarted, under load.

Those that are left take over and finish with the same results; a rolling restart loses nothing.
On the cluster of TACHO_TEST_BROKERS that is shown exactly once, and that a restart under the same
name moves no partition of the others. No broker that the tests can start does both, so without
one it is shown in two parts: takeover at least once on librdkafka's mock cluster, and restarts
exactly once on noida, with the range assignor, since a cooperative group there deadlocks.
Two readers follow, each with all trips.
"""

import contextlib
import pathlib
import threading
import time

import logfile
import results
from cluster import Cluster, Mock, Role
from installation import Failure, arguments, conclude, workspace
from phones import Fleet

REBALANCES = "tacho_group_rebalances_total"
PROBES = 24
PATIENCE = 120
# A commit that is under way when the mock ends a rebalance makes its member join anew: where most
# of the time one is, rebalances never end.
MOCK_PAUSE = 0.6
MOCK_PROBE_PAUSE = 0.1


class Stalls(threading.Thread):
    """Uploads to trips of all partitions, and how long each takes to be visible."""

    def __init__(self, gateway: Role, reader: Role, pause: float) -> None:
        super().__init__(daemon=True)
        self.pause = pause
        self.gateway = gateway
        self.reader = reader
        self.finish = threading.Event()
        self.longest = 0.0
        self.shown = 0
        self.error = ""
        self.start()

    def run(self) -> None:
        number = 0
        while not self.finish.is_set():
            number += 1
            began = time.monotonic()
            try:
                points = [{"sequence": number, "time": 1_760_000_000_000 + number * 1000,
                           "latitude": 47.6, "longitude": -122.1}]
                answer = self.gateway.post_points(f"probe-{number % PROBES}", points)
                if answer.status != 202:
                    raise Failure(f"a probe was answered {answer.status}")
                shown = self.reader.get_after(f"/v1/trips/probe-{number % PROBES}",
                                              answer.headers["Tacho-Position"], PATIENCE)
                if shown.status != 200:
                    raise Failure(f"a probe is not visible: {shown.status}")
            except Exception as error:
                self.error = repr(error)
                return
            self.longest = max(self.longest, time.monotonic() - began)
            self.shown += 1
            time.sleep(self.pause)

    def settle(self) -> float:
        """Waits until all partitions were shown twice more; the longest that one took."""
        self.longest = 0.0
        wanted = self.shown + 2 * PROBES
        while self.shown < wanted:
            if self.error:
                raise Failure(self.error)
            time.sleep(0.05)
        return self.longest


class Bench:
    """A gateway, a reader and some scorers on one cluster, with phones under way."""

    def __init__(self, options, directory: pathlib.Path, cluster: Cluster, scorers: int,
                 cleanup: contextlib.ExitStack, words: tuple[str, ...] = ()) -> None:
        self.directory = directory
        self.cluster = cluster
        cleanup.callback(cluster.stop)
        cluster.start()
        def role(name: str, kind: str) -> Role:
            named = [] if kind == "gateway" else ["--member", name]
            return Role(options.tacho, directory / name, kind, cluster,
                        [*named, *(words if kind == "scorer" else ())])
        self.gateway, self.reader = role("gateway", "gateway"), role("reader", "reader")
        self.other_reader = role("other-reader", "reader")
        self.scorers = [role(f"worker-{number}", "scorer") for number in range(scorers)]
        cleanup.callback(lambda: [one.kill() for one in self.roles])
        for one in self.roles:
            one.start()
        is_mock = isinstance(cluster, Mock)
        self.fleet = Fleet(self.gateway.port, options.seed, options.phones,
                           MOCK_PAUSE if is_mock else options.pause, directory / "ledger.json")
        cleanup.callback(self.fleet.stop)
        self.stalls = Stalls(self.gateway, self.reader, MOCK_PROBE_PAUSE if is_mock else 0.02)
        self.stalls.settle()

    @property
    def roles(self) -> list[Role]:
        return [self.gateway, self.reader, self.other_reader, *self.scorers]

    def moves(self, besides: Role) -> float:
        return sum(one.metric(REBALANCES) for one in self.scorers if one is not besides)

    def restart_each(self, rounds: int) -> tuple[int, float, float]:
        """A rolling restart: how many, how often partitions of others moved, the longest stall."""
        moved = restarts = 0
        longest = 0.0
        for _ in range(rounds):
            for one in self.scorers:
                before = self.moves(one)
                code = one.stop()
                if code != 0:
                    raise Failure(f"SIGTERM ended a scorer with {code}: {one.tail()}")
                one.start()
                restarts += 1
                longest = max(longest, self.stalls.settle())
                moved += self.moves(one) - before
        return restarts, moved, longest

    def check(self) -> str:
        self.stalls.finish.set()
        trips = self.fleet.done()
        points = results.check(self.reader, trips, self.directory)
        results.check(self.other_reader, trips, self.directory)
        for one in self.roles:
            code = one.stop()
            if code != 0:
                raise Failure(f"SIGTERM ended the {one.role} with {code}: {one.tail()}")
        return f"{len(trips)} trips, {points} points each exactly once, on two readers"


def take_over(options, directory: pathlib.Path, cluster: Cluster) -> str:
    """One of three is killed for good, comes back, and all are restarted in turn."""
    with contextlib.ExitStack() as cleanup:
        bench = Bench(options, directory, cluster, 3, cleanup)
        victim = bench.scorers[0]
        victim.kill()
        stall = bench.stalls.settle()
        victim.start()
        back = bench.stalls.settle()
        restarts, moved, longest = bench.restart_each(1)
        figures = bench.check()
        if cluster.foreign:
            if moved:
                raise Failure(f"{moved:.0f} rebalances of others in {restarts} restarts")
            logfile.check_derived_once(cluster.records)
    return (f"3 scorers, one killed: others took over, longest stall {stall:.1f} s; when it came back "
            f"{back:.1f} s; {restarts} restarts in turn, {moved:.0f} rebalances of others, "
            f"longest stall {longest:.1f} s; {figures}")


def restart(options, directory: pathlib.Path) -> str:
    """Two scorers are restarted under their names again and again, exactly once."""
    with contextlib.ExitStack() as cleanup:
        cluster = Cluster(directory)
        bench = Bench(options, directory, cluster, 2, cleanup,
                      ("--kafka-property", "partition.assignment.strategy=range"))
        restarts, moved, longest = bench.restart_each(options.rounds)
        figures = bench.check()
        progress, scores = logfile.check_derived_once(cluster.records)
        if moved:
            raise Failure(f"{moved:.0f} rebalances of the other in {restarts} restarts")
    return (f"2 scorers, {restarts} restarts under their names, no rebalance of the other, longest "
            f"stall {longest:.1f} s; {figures}; {scores} scores and {progress} progress records in "
            f"order")


def prove(options, directory: pathlib.Path) -> str:
    cluster = Cluster(directory)
    if cluster.foreign:
        return "exactly once: " + take_over(options, directory / "takeover", cluster)
    figures = []
    if options.part != "restart":
        mock = Mock(directory)
        figures += ["mock, at least once: " + take_over(options, directory / "takeover", mock)]
    if options.part != "takeover":
        figures += ["noida, exactly once: " + restart(options, directory / "restart")]
    return "; ".join(figures)


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--phones", type=int, default=6)
    parser.add_argument("--pause", type=float, default=0.15,
                        help="mean seconds between a phone's uploads")
    parser.add_argument("--rounds", type=int, default=4, help="of restarts on noida")
    parser.add_argument("--part", choices=["takeover", "restart"], help="this alone")
    options = parser.parse_args()
    print(f"kafka_takeover: seed {options.seed}", flush=True)
    with workspace(options, "kafka-takeover") as directory:
        conclude("kafka_takeover", lambda: prove(options, directory))


if __name__ == "__main__":
    main()
