#!/usr/bin/env python3
"""Candidates that must not become live, each stopped at the gate that is there for it.

A scorer that dies, one that hangs, other scores than were to be, a reader that answers from another
version, one that is not warm yet; and one that does badly only once it is live. Production goes on:
the live version stays, or is back within two seconds, and no request fails.
"""

import contextlib
import pathlib
import random
import subprocess
import threading
import time
from collections.abc import Callable
from signal import SIGCONT, SIGSTOP

import load
import results
from history import CHECKED, PROMOTED, ROLLED_BACK
from installation import Failure, Installation
from proxy import Answered, Lie, Proxy
from releasing import DONE, GATE, REFUSED, Bench, Outcome, engine_arguments, run_engines

CASES = ["dies", "hangs", "scores_otherwise", "answers_otherwise", "does_badly", "warms_slowly"]
BACK_SECONDS = 2.0
STAGED_SECONDS = 60
RATE_SECONDS = 2.0


class DropsVersion(Lie):
    """Whoever wants a version gets the live one."""

    def ask(self, path: str, headers: dict) -> None:
        headers.pop("tacho-version", None)


class OldOnceLive(Lie):
    """Answers as if the version were not live, to those who ask for none."""

    def __init__(self, version: int) -> None:
        self.version = str(version)

    def answer(self, path: str, headers: dict, answer: Answered) -> None:
        if "tacho-version" not in headers and answer.headers.get("Tacho-Version") == self.version:
            answer.headers["Tacho-Version"] = "1"


class Production(threading.Thread):
    """Looks again and again at which version answers, and since when."""

    def __init__(self, reader: Installation) -> None:
        super().__init__(daemon=True)
        self.reader = reader
        self.finish = threading.Event()
        self.seen: list[tuple[int, float]] = []
        self.start()

    def run(self) -> None:
        while not self.finish.wait(0.01):
            version = int(self.reader.get("/v1/trips?limit=1").headers["Tacho-Version"])
            if not self.seen or self.seen[-1][0] != version:
                self.seen.append((version, time.monotonic()))


class Gates:
    """Case after case on one installation, whose version 1 stays live."""

    def __init__(self, bench: Bench, proxy: Proxy, warm_seconds: float) -> None:
        self.bench = bench
        self.proxy = proxy
        self.warm_seconds = warm_seconds
        self.figures: list[str] = []

    def begin(self, *words: str) -> tuple[subprocess.Popen, int]:
        """A release under way, and the version that it has staged."""
        version = max(self.bench.history().states) + 1
        release = self.bench.begin("release", "run", "--rules", "strict", "--hold", "1", *words,
                                   "--execute", "--json")
        deadline = time.monotonic() + STAGED_SECONDS
        while version not in self.bench.history().states:
            if release.poll() is not None or time.monotonic() > deadline:
                raise Failure(f"nothing was staged: {self.bench.end(release, 1)}")
            time.sleep(0.02)
        self.bench.start_scorer(version)
        return release, version

    def stop_at(self, gate: str, name: str, *words: str,
                spoil: Callable[[int], None] = lambda version: None) -> int:
        """A release ends at that gate, and nothing changes for production; the candidate."""
        release, version = self.begin(*words)
        spoil(version)
        outcome = self.bench.end(release).expect(GATE)
        self.judge(gate, name, outcome, version)
        read = self.bench.check_history()
        if read.live != 1 or any(one.step == PROMOTED for one in read.counted
                                 if one.version == version):
            raise Failure(f"{name}: version {read.live} is live")
        self.bench.release("promote", str(version)).expect(REFUSED)
        return version

    def judge(self, gate: str, name: str, outcome: Outcome, version: int) -> None:
        checks = [one for one in self.bench.history().counted
                  if one.step == CHECKED and one.version == version]
        failed = [one.gate for one in checks if not one.passed]
        if failed != [gate] or checks[-1].gate != gate:
            raise Failure(f"{name}: stopped at {failed}, not at {gate}: {outcome}")
        if gate not in outcome.output + outcome.errors:
            raise Failure(f"{name}: the gate is not named: {outcome}")
        self.figures.append(f"{name}: {gate} ({checks[-1].figure})")

    def abandon(self, version: int) -> None:
        self.bench.release("retire", str(version)).expect(DONE)
        scorer = self.bench.scorers.pop(version)
        if scorer.process is not None and scorer.process.wait(30) != 0:
            raise Failure(f"the scorer of an abandoned version ended so: {scorer.tail()}")

    def wait_for_scores(self, version: int) -> None:
        """Until its scorer is at work, and then a little."""
        deadline = time.monotonic() + STAGED_SECONDS
        while not any(self.bench.log.records(f"trip-scores.v{version}")):
            if time.monotonic() > deadline:
                raise Failure(f"version {version} scores nothing")
            time.sleep(0.1)
        time.sleep(0.5)

    def dies(self) -> None:
        def kill(version: int) -> None:
            self.wait_for_scores(version)
            self.bench.scorers[version].kill()
        self.abandon(self.stop_at(
            "await", "its scorer dies", "--pace", "2", "--stall", "4", spoil=kill))

    def hangs(self) -> None:
        def stop(version: int) -> None:
            self.wait_for_scores(version)
            self.bench.scorers[version].process.send_signal(SIGSTOP)
        version = self.stop_at(
            "await", "its scorer hangs", "--pace", "2", "--stall", "4", spoil=stop)
        self.bench.scorers[version].process.send_signal(SIGCONT)
        self.abandon(version)

    def scores_otherwise(self) -> None:
        self.abandon(self.stop_at("diff", "other scores", "--max-changed", "0"))

    def answers_otherwise(self) -> None:
        self.proxy.lie = DropsVersion()
        self.abandon(self.stop_at("smoke", "another version answers"))
        self.proxy.lie = None

    def uploads(self) -> int:
        return sum(1 for _ in self.bench.log.records("trip-uploads"))

    def warms_slowly(self) -> None:
        """First there is no time for it; then it gets all that it needs, and is live only then."""
        before = self.uploads()
        time.sleep(RATE_SECONDS)
        uploads = self.uploads()
        arriving = (uploads - before) / RATE_SECONDS
        pace = int(arriving + uploads / self.warm_seconds)
        if pace <= arriving + 1:
            raise Failure(f"{uploads} uploads are too few for {self.warm_seconds} s")
        began = time.monotonic()
        version = self.stop_at("await", "warm too late", "--pace", str(pace), "--timeout",
                               str(max(1.0, self.warm_seconds / 4)))
        again = self.bench.release("run", "--rules", "strict", "--hold", "1").expect(DONE)
        took = time.monotonic() - began
        if took < 0.9 * self.warm_seconds:
            raise Failure(f"live after {took:.0f} s, {self.warm_seconds} s were to be: {again}")
        self.figures.append(f"live once it was warm, after {took:.0f} s")
        self.bench.release("rollback").expect(DONE)
        self.abandon(version)

    def does_badly(self) -> None:
        """It passes every gate and does badly as production: the old one is back by itself."""
        watch = Production(self.bench.reader)
        release, version = self.begin()
        self.proxy.lie = OldOnceLive(version)
        outcome = self.bench.end(release).expect(GATE)
        self.proxy.lie = None
        watch.finish.set()
        watch.join()
        self.judge("production", "bad once live", outcome, version)
        steps = [one.step for one in self.bench.check_history().counted
                 if one.step in (PROMOTED, ROLLED_BACK)][-2:]
        if [number for number, _ in watch.seen] != [1, version, 1]:
            raise Failure(f"production was {watch.seen}: {outcome}")
        if steps != [PROMOTED, ROLLED_BACK]:
            raise Failure(f"the last steps are {steps}: {outcome}")
        seconds = watch.seen[2][1] - watch.seen[1][1]
        self.figures.append(f"the old version was back after {seconds:.2f} s")
        if seconds > BACK_SECONDS:
            raise Failure(self.figures[-1])
        self.abandon(version)


def prove(options, directory: pathlib.Path, engine: str) -> str:
    rng = random.Random(options.seed)
    with contextlib.ExitStack() as cleanup:
        proxy = Proxy()
        cleanup.callback(proxy.stop)
        bench = Bench(options, directory, engine, cleanup, reader_words=["--advertise", proxy.url])
        proxy.behind = bench.reader
        trips = load.send_trips(bench.gateway, rng, options.trips)
        results.check(bench.reader, trips, directory)
        asking = load.Load(directory, trips, bench.gateway, bench.readers, options.seed,
                           options.rate, ["--streams", "4"])
        cleanup.callback(asking.stop)
        gates = Gates(bench, proxy, options.warm_seconds)
        for case in options.cases:
            getattr(gates, case)()
            asking.check()
        asked = asking.done()
        points = results.check(bench.reader, trips, directory)
        bench.stop()
    return (f"{engine}: {'; '.join(gates.figures)}; {load.figures(asked)}; {points} points as "
            f"version 1 has them")


def main() -> None:
    parser = engine_arguments(__doc__)
    parser.add_argument("--cases", nargs="+", choices=CASES, default=CASES)
    parser.add_argument("--trips", type=int, default=240)
    parser.add_argument("--warm-seconds", type=float, default=210)
    parser.add_argument("--rate", type=float, default=60, help="requests a second; 0: no limit")
    run_engines("release_gates", parser.parse_args(), prove)


if __name__ == "__main__":
    main()
