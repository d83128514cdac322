#!/usr/bin/env python3
"""Kills `tacho up` again and again under load, and accounts for every acknowledged point.

A third of the kills comes at a random time, a third when a scorer transaction is under way, a
third when a projection transaction is. Phones send what was not answered again. At the end every
point is in the results exactly once, the results are the kernel's, and the derived topic has told
of every upload at most once.
"""

import contextlib
import math
import pathlib
import random
import time

import logfile
import results
from installation import Failure, Installation, arguments, conclude, workspace
from phones import Fleet

SCORER, PROJECTION = 0, 1
POLL_SECONDS = 5.0
# Of the kills, so many at least must hit what they are for; more are made until they do.
UNANSWERED_SHARE = 0.8
INSIDE_SHARE = 0.2


def wait_for(installation: Installation, byte: int, rng: random.Random,
             longest: float = 0.002) -> None:
    """Until the program is inside such a transaction, and has been for a random moment."""
    page = installation.page
    deadline = time.monotonic() + POLL_SECONDS
    delay = rng.choice([0, rng.uniform(0, 0.0005), rng.uniform(0, longest)])
    while time.monotonic() < deadline:
        while not page[byte] and time.monotonic() < deadline:
            pass
        until = time.perf_counter() + delay
        while page[byte]:
            if time.perf_counter() >= until:
                return


def prove(options, directory: pathlib.Path) -> str:
    rng = random.Random(options.seed)
    installation = Installation(options.tacho, directory, ["--no-demo"])
    installation.start()
    fleet = Fleet(installation.port, options.seed, options.phones, options.pause,
                  directory / "ledger.json")
    began = time.monotonic()
    unanswered = inside_scorer = inside_projection = 0
    slowest = 0.0
    with contextlib.ExitStack() as cleanup:
        cleanup.callback(installation.kill)
        cleanup.callback(fleet.stop)
        kills = 0
        while kills < options.kills or (kills < 2 * options.kills and min(
                inside_scorer, inside_projection) < math.floor(INSIDE_SHARE * kills)):
            time.sleep(rng.uniform(0.05, options.interval))
            if kills % 3:
                wait_for(installation, SCORER if kills % 3 == 1 else PROJECTION, rng)
            kills += 1
            if not fleet.is_alive:
                fleet.done()
                raise Failure("the phones stopped by themselves")
            before = fleet.counted("broken")
            installation.kill()
            inside_scorer += installation.page[SCORER]
            inside_projection += installation.page[PROJECTION]
            time.sleep(0.1)
            unanswered += fleet.counted("broken") > before
            slowest = max(slowest, installation.start())
        trips = fleet.done()
        points = results.check(installation, trips, directory)
        code = installation.stop()
        if code != 0:
            raise Failure(f"SIGTERM ended it with {code}")
    progress, scores = logfile.check_derived_once(
        lambda topic: logfile.records(installation.data, topic))
    figures = (
        f"{kills} kills in {time.monotonic() - began:.0f} s, {unanswered} with unanswered "
        f"uploads, {inside_scorer} inside a scorer transaction, {inside_projection} inside a "
        f"projection transaction; {len(trips)} trips, {fleet.counted('answered')} uploads, "
        f"{points} points each exactly once; {scores} scores and {progress} progress records in "
        f"order; slowest restart {slowest:.1f} s")
    for name, count, share in [
            ("with unanswered uploads", unanswered, UNANSWERED_SHARE),
            ("inside a scorer transaction", inside_scorer, INSIDE_SHARE),
            ("inside a projection transaction", inside_projection, INSIDE_SHARE)]:
        if count < math.floor(share * kills):
            raise Failure(f"did not test: only {count} kills {name}; {figures}")
    return figures


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--phones", type=int, default=16)
    parser.add_argument("--pause", type=float, default=0.04,
                        help="mean seconds between a phone's uploads")
    parser.add_argument("--interval", type=float, default=1.5,
                        help="longest wait before a kill, in seconds")
    options = parser.parse_args()
    print(f"kill_ledger: seed {options.seed}", flush=True)
    with workspace(options, "kills") as directory:
        conclude("kill_ledger", lambda: prove(options, directory))


if __name__ == "__main__":
    main()
