#!/usr/bin/env python3
"""Kills gateway, scorer and reader on a Kafka cluster again and again under load.

Each is a process of its own, killed with -9 and started again: scorers inside a transaction as
often as chance allows. At the end every acknowledged point is in the results exactly once, the
results are the kernel's, and the derived topic tells of every upload at most once to those who
read what is committed; those who read everything must see more, or the kills hit nothing. Once, a
stopped scorer is replaced by another of the same name and then wakes up: it may commit nothing.
"""

import contextlib
import math
import pathlib
import random
import signal
import time

import logfile
import results
from cluster import Cluster, Role
from installation import Failure, arguments, conclude, workspace
from kill_ledger import INSIDE_SHARE, PROJECTION, SCORER, wait_for
from phones import Fleet


# A busy machine may need so many kills until one hits an open transaction.
MOST_KILLS = 80


def kill(role: Role, byte: int | None, rng: random.Random) -> bool:
    """Kills the role; whether it was inside the transaction that it was to be hit in."""
    if byte is not None:
        # Records are under way to the broker some milliseconds after a transaction begins.
        wait_for(role, byte, rng, longest=0.008)
    role.kill()
    return byte is not None and bool(role.page[byte])


def replace_stopped(scorer: Role, directory: pathlib.Path, rng: random.Random) -> Role:
    """Stops the scorer in a transaction, lets another of its name take over, and wakes it."""
    wait_for(scorer, SCORER, rng)
    scorer.process.send_signal(signal.SIGSTOP)
    successor = Role(scorer.tacho, directory / "successor", "scorer", scorer.cluster,
                     scorer.options)
    successor.start()
    time.sleep(2)
    scorer.process.send_signal(signal.SIGCONT)
    try:
        code = scorer.process.wait(30)
    except Exception:
        raise Failure("a scorer that was replaced goes on") from None
    if code != 1 or "taken over" not in scorer.tail():
        raise Failure(f"a scorer that was replaced ended with {code}: {scorer.tail()}")
    scorer.process = None
    return successor


def aborted(cluster: Cluster) -> int:
    """Records of scores that nobody may see who reads what is committed.

    A record that a later one is seen behind is no longer open: it was aborted.
    """
    places = [{(record.partition, record.offset)
               for record in cluster.records("trip-scores.v1", isolation)}
              for isolation in ("read_uncommitted", "read_committed")]
    ends: dict[int, int] = {}
    for partition, offset in places[1]:
        ends[partition] = max(ends.get(partition, -1), offset)
    return sum(1 for partition, offset in places[0] - places[1]
               if offset < ends.get(partition, -1))


def prove(options, directory: pathlib.Path) -> str:
    rng = random.Random(options.seed)
    cluster = Cluster(directory)
    with contextlib.ExitStack() as cleanup:
        cleanup.callback(cluster.stop)
        cluster.start()
        roles = {name: Role(options.tacho, directory / name, name, cluster,
                            ["--member", "worker"] if name == "scorer" else [])
                 for name in ("gateway", "scorer", "reader")}
        cleanup.callback(lambda: [role.kill() for role in roles.values()])
        for role in roles.values():
            role.start()
        fleet = Fleet(roles["gateway"].port, options.seed, options.phones, options.pause,
                      directory / "ledger.json")
        cleanup.callback(fleet.stop)
        began = time.monotonic()
        inside = {"scorer": 0, "reader": 0}
        counts = dict.fromkeys(roles, 0)
        slowest = 0.0
        wanted = max(1, math.floor(INSIDE_SHARE * options.kills / 3))
        while sum(counts.values()) < options.kills or (
                sum(counts.values()) < max(3 * options.kills, MOST_KILLS)
                and aborted(cluster) < wanted):
            time.sleep(rng.uniform(0.02, options.interval))
            is_more = sum(counts.values()) >= options.kills
            name = "scorer" if is_more else rng.choice(list(roles))
            byte = {"scorer": SCORER, "reader": PROJECTION}.get(name)
            if not fleet.is_alive:
                fleet.done()
                raise Failure("the phones stopped by themselves")
            hit = kill(roles[name], byte, rng)
            counts[name] += 1
            if hit:
                inside[name] += 1
            slowest = max(slowest, roles[name].start())
        roles["scorer"] = replace_stopped(roles["scorer"], directory, rng)
        trips = fleet.done()
        points = results.check(roles["reader"], trips, directory)
        for name, role in roles.items():
            code = role.stop()
            if code != 0:
                raise Failure(f"SIGTERM ended the {name} with {code}: {role.tail()}")
        progress, scores = logfile.check_derived_once(cluster.records)
        hidden = aborted(cluster)
    figures = (
        f"{sum(counts.values())} kills ({', '.join(f'{n} {c}' for n, c in counts.items())}) in "
        f"{time.monotonic() - began:.0f} s, {inside['scorer']} inside a scorer transaction, "
        f"{inside['reader']} inside a projection transaction; {len(trips)} trips, "
        f"{fleet.counted('answered')} uploads, {points} points each exactly once; {scores} scores "
        f"and {progress} progress records in order; {hidden} aborted records that only "
        f"read_uncommitted sees; a scorer that was replaced while stopped ended; slowest restart "
        f"{slowest:.1f} s")
    if hidden < wanted:
        raise Failure(f"did not test: {figures}")
    return figures


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--phones", type=int, default=12)
    parser.add_argument("--pause", type=float, default=0.05,
                        help="mean seconds between a phone's uploads")
    parser.add_argument("--interval", type=float, default=0.8,
                        help="longest wait before a kill, in seconds")
    options = parser.parse_args()
    print(f"kafka_kills: seed {options.seed}", flush=True)
    with workspace(options, "kafka-kills") as directory:
        conclude("kafka_kills", lambda: prove(options, directory))


if __name__ == "__main__":
    main()
