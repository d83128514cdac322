#!/usr/bin/env python3
"""Kills whoever releases, a reader or a scorer at every step of a release, again and again.

Afterwards the release goes on or is undone by the same commands, the topic tells one history, and
under load every point is there exactly once. Then two release at once: one wins, the other is told.
"""

import contextlib
import pathlib
import random
import subprocess
import time
from signal import SIGCONT, SIGSTOP

import load
import logfile
import results
from history import CHECKED, PROMOTED, ROLLED_BACK, STAGED
from installation import Failure
from phones import Fleet
from releasing import DONE, GATE, REFUSED, Bench, Outcome, engine_arguments, run_engines

RULES = ["default", "strict"]
TRIES = 6
RUN_SECONDS = 120
# A command has read and written within so much.
HELD_SECONDS = 0.3
VICTIMS = {"releaser": 3, "reader": 2, "scorer": 2, "live scorer": 1}


class Rounds:
    """One release after another, each with a death in it."""

    def __init__(self, bench: Bench, rng: random.Random) -> None:
        self.bench = bench
        self.rng = rng
        self.kills = dict.fromkeys(VICTIMS, 0)
        self.at: dict[str, int] = {}
        self.tries = self.undone = 0
        self.deck: list[str] = []
        self.seconds, self.steps = self.undisturbed()

    def undisturbed(self) -> tuple[float, int]:
        """How long a release takes in which nobody dies, and how many records it writes."""
        known = len(self.bench.history().counted)
        began = time.monotonic()
        rules = self.wanted()
        self.go_on(self.begin(rules), rules)
        seconds, steps = time.monotonic() - began, len(self.bench.history().counted) - known
        self.tidy()
        return seconds, steps

    def victim(self) -> str:
        """Everybody's turn comes."""
        if not self.deck:
            self.deck = [name for name, count in VICTIMS.items() for _ in range(count)]
            self.rng.shuffle(self.deck)
        return self.deck.pop()

    def wanted(self) -> str:
        """The rules that are not live."""
        read = self.bench.history()
        live = next(one.rules for one in reversed(read.counted) if one.version == read.live)
        return RULES[1 - RULES.index(live)]

    def begin(self, rules: str) -> subprocess.Popen:
        return self.bench.begin("release", "run", "--rules", rules, "--hold", "0.3",
                                "--why", "a proof", "--execute", "--json")

    def round(self) -> None:
        rules = self.wanted()
        before = self.bench.history()
        began = time.monotonic()
        release = self.begin(rules)
        victim = self.victim()
        self.wait_for_moment(release, len(before.counted), began)
        self.kill(victim, release)
        if victim == "releaser" and self.rng.random() < 0.4:
            self.undo(before.live)
        else:
            self.go_on(release, rules)
        self.bench.check_history()
        self.tidy()

    def wait_for_moment(self, release: subprocess.Popen, known: int, began: float) -> None:
        """Until some step is on the topic, or some time is over; the candidate gets its scorer."""
        steps = self.rng.randrange(self.steps)
        until = began + self.rng.uniform(0, self.seconds)
        by_steps = self.rng.random() < 0.6
        while release.poll() is None and time.monotonic() < began + RUN_SECONDS:
            counted = self.bench.history().counted
            self.man(counted)
            if (len(counted) - known >= steps) if by_steps else (time.monotonic() >= until):
                break
            time.sleep(0.01)
        time.sleep(self.rng.choice([0, self.rng.uniform(0, 0.05)]))

    def man(self, counted) -> None:
        """Every version that is kept has a scorer; that of a retired one has ended."""
        for one in counted:
            if one.step == STAGED and one.version not in self.bench.scorers:
                if self.bench.history().states[one.version] != "retired":
                    self.bench.start_scorer(one.version)

    def kill(self, victim: str, release: subprocess.Popen) -> None:
        read = self.bench.history()
        others = [version for version in self.bench.scorers if version != read.live]
        last = read.counted[-1]
        name = {STAGED: "staged", PROMOTED: "promoted", ROLLED_BACK: "rolled back",
                CHECKED: last.gate}.get(last.step, "none of it")
        if victim == "releaser":
            if release.poll() is not None:
                return
            release.kill()
            release.communicate()
        else:
            role = self.bench.reader
            if victim != "reader":
                role = self.bench.scorers[
                    read.live if victim == "live scorer" or not others else others[-1]]
            role.kill()
            time.sleep(self.rng.uniform(0, 0.5))
            role.start()
        self.kills[victim] += 1
        self.at[name] = self.at.get(name, 0) + 1

    def go_on(self, release: subprocess.Popen, rules: str) -> None:
        """The same command until it is done."""
        for _ in range(TRIES):
            self.tries += 1
            while release.returncode is None:
                self.man(self.bench.history().counted)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    release.wait(0.05)
            if release.returncode == DONE:
                release.communicate()
                return
            if release.returncode > 0:
                self.bench.end(release).expect(REFUSED, GATE)
            # What was gone back from is not tried again by itself.
            if "standby" in self.bench.history().states.values():
                self.tidy()
            release = self.begin(rules)
        raise Failure(f"the release did not come to an end: {self.bench.end(release)}")

    def undo(self, live: int) -> None:
        """Back to what was live, and without the candidate."""
        self.undone += 1
        read = self.bench.history()
        if read.live != live:
            self.bench.release("rollback", "--why", "a proof").expect(DONE)
            if self.bench.history().live != live:
                raise Failure("a rollback went elsewhere")

    def tidy(self) -> None:
        """Retires what is not live; its scorer ends by itself."""
        read = self.bench.history()
        for version, state in read.states.items():
            if state in ("live", "retired"):
                continue
            self.bench.release("retire", str(version)).expect(DONE)
            scorer = self.bench.scorers.pop(version, None)
            if scorer and scorer.process.wait(30) != 0:
                raise Failure(f"the scorer of a retired version ended so: {scorer.tail()}")


def at_once(bench: Bench, words: list[str], rng: random.Random) -> list[Outcome]:
    """Two do the same: together, or one stands still somewhere while the other does it."""
    first = bench.begin("release", *words, "--execute", "--json")
    is_held = rng.random() < 0.7
    if is_held:
        time.sleep(rng.uniform(0.02, HELD_SECONDS))
        first.send_signal(SIGSTOP)
    second = bench.begin("release", *words, "--execute", "--json")
    if is_held:
        # It may hold what the other one needs.
        with contextlib.suppress(subprocess.TimeoutExpired):
            second.wait(2)
        first.send_signal(SIGCONT)
    return [bench.end(first), bench.end(second)]


def race(bench: Bench, rng: random.Random, rounds: int) -> tuple[int, int]:
    """Two do the same at once; how often each one was told, and how many records came too late."""
    told = 0
    known = bench.history()
    for _ in range(rounds):
        version = max(bench.history().states) + 1
        for words in (["stage", "--rules", "strict"], ["promote", str(version)], ["rollback"],
                      ["retire", str(version)]):
            ended = at_once(bench, words, rng)
            codes = sorted(one.code for one in ended)
            if codes != [DONE, REFUSED]:
                raise Failure(f"two at once ended with {codes}: {'; '.join(map(str, ended))}")
            told += 1
            if words[0] == "stage":
                bench.start_scorer(version)
                bench.release("await", str(version), "--hold", "0.1").expect(DONE)
        bench.scorers.pop(version).process.wait(30)
        bench.check_history()
    return told, len(bench.history().void) - len(known.void)


def prove(options, directory: pathlib.Path, engine: str) -> str:
    rng = random.Random(options.seed)
    with contextlib.ExitStack() as cleanup:
        bench = Bench(options, directory, engine, cleanup)
        trips = load.send_trips(bench.gateway, rng, options.trips)
        results.check(bench.reader, trips, directory)
        fleet = Fleet(bench.gateway.port, options.seed, 3, 0.3, directory / "ledger.json")
        cleanup.callback(fleet.stop)
        asking = load.Load(directory, trips, bench.gateway, bench.readers, options.seed,
                           options.rate, ["--streams", "4", "--forgiving"])
        cleanup.callback(asking.stop)
        rounds = Rounds(bench, rng)
        for _ in range(options.rounds):
            rounds.round()
            asking.check()
        if rounds.wanted() == "default":
            rounds.go_on(rounds.begin("default"), "default")
            rounds.tidy()
        told, void = race(bench, rng, options.races)
        asked = asking.done()
        sent = trips + fleet.done()
        read = bench.check_history()
        rules = RULES[1 - RULES.index(rounds.wanted())]
        points = results.check(bench.reader, sent, directory, rules=rules)
        progress, scores = logfile.check_derived_once(bench.log.records, read.live)
        bench.stop()
    kills = ", ".join(f"{name} {count}" for name, count in rounds.kills.items())
    moments = ", ".join(f"{name} {count}" for name, count in rounds.at.items())
    return (f"{engine}: {options.rounds} releases, killed: {kills}; the last step then was: "
            f"{moments}; {rounds.undone} undone, {rounds.tries} tries of the others; "
            f"{told} times two at once, one won, {void} records came second; "
            f"{len(read.counted)} records tell one history; {points} points each exactly once; "
            f"{scores} scores and {progress} progress records in order; {load.figures(asked)}, "
            f"{asked['broken']} broken off")


def main() -> None:
    parser = engine_arguments(__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--races", type=int, default=8)
    parser.add_argument("--trips", type=int, default=40)
    parser.add_argument("--rate", type=float, default=100, help="requests a second; 0: no limit")
    run_engines("release_kills", parser.parse_args(), prove)


if __name__ == "__main__":
    main()
