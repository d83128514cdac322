#!/usr/bin/env python3
"""Fills the disk under load: 503 with Retry-After, reads go on, and service resumes by itself.

The data directory lies on a small tmpfs in a mount namespace of this run's own.
"""

import contextlib
import errno
import os
import pathlib
import random
import subprocess
import sys
import time

import results
from drive import Point, drive
from installation import Failure, Installation, arguments, conclude, workspace
from phones import START_MS, Fleet

MARK = "TACHO_PROOF_NAMESPACE"
RESUME_SECONDS = 15.0


def enter_namespace() -> None:
    """Starts this program again where its mounts are its own and end with it."""
    if MARK in os.environ:
        return
    rights = ["-m"] if os.geteuid() == 0 else ["-rm"]
    os.environ[MARK] = "1"
    os.execvp("unshare", ["unshare", *rights, sys.executable, *sys.argv])


def fill(filler: pathlib.Path) -> int:
    """Takes all room that is left; returns how many bytes that were."""
    with open(filler, "ab", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            while True:
                try:
                    file.write(bytes(size))
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
                    break
        return file.tell()


def upload(installation: Installation, number: int, points: list[Point]):
    return installation.post_points(f"full-{number}", [point.upload() for point in points])


def hold_full(installation: Installation, filler: pathlib.Path, known: str, seconds: float,
              points: list[Point]) -> int:
    """Keeps the disk full for a while; returns how many uploads were refused."""
    until = time.monotonic() + seconds
    refused = number = 0
    while time.monotonic() < until:
        fill(filler)
        number += 1
        answer = upload(installation, number, points)
        if answer.status == 503:
            refused += 1
            if not answer.headers.get("Retry-After"):
                raise Failure("a 503 without Retry-After")
            kind = answer.headers.get("Content-Type", "")
            if not kind.startswith("application/problem+json"):
                raise Failure(f"a 503 as {kind}")
        elif answer.status != 202:
            raise Failure(f"full disk: upload answered {answer.status}: {answer.body[:300]!r}")
        for path in (f"/v1/trips/{known}", f"/v1/trips/{known}/track.csv", "/v1/trips", "/livez"):
            answer = installation.get(path)
            if answer.status != 200:
                raise Failure(f"full disk: GET {path} answered {answer.status}: "
                              f"{answer.body[:300]!r}")
    return refused


def prove(options, directory: pathlib.Path) -> str:
    disk = directory / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={options.megabytes}m", "tmpfs",
                    str(disk)], check=True)
    installation = Installation(options.tacho, directory, ["--no-demo"])
    installation.data = disk / "data"
    filler = disk / "filler"
    drive_points = drive(random.Random(options.seed), 60, START_MS)
    with contextlib.ExitStack() as cleanup:
        cleanup.callback(subprocess.run, ["umount", "-l", str(disk)], check=False)
        cleanup.callback(installation.kill)
        installation.start()
        known = upload(installation, 0, drive_points)
        if known.status != 202:
            raise Failure(f"no 202 before the disk is full: {known.status} {known.body[:300]!r}")
        installation.get_after("/v1/trips/full-0", known.headers["Tacho-Position"])
        fleet = Fleet(installation.port, options.seed, options.phones, 0.04,
                      directory / "ledger.json")
        cleanup.callback(fleet.stop)
        time.sleep(2)
        taken = fill(filler)
        refused = hold_full(installation, filler, "full-0", options.seconds, drive_points)
        if refused < 5:
            raise Failure(f"did not test: only {refused} uploads met a full disk")
        filler.unlink()
        began = time.monotonic()
        while upload(installation, 999_999, drive_points).status != 202:
            if time.monotonic() > began + RESUME_SECONDS:
                raise Failure(f"no 202 within {RESUME_SECONDS:.0f} s after there was room: "
                              f"{installation.tail(500)}")
            time.sleep(0.05)
        resumed = time.monotonic() - began
        time.sleep(1)
        trips = fleet.done()
        points = results.check(installation, trips, directory)
        code = installation.stop()
    if code != 0:
        raise Failure(f"SIGTERM ended it with {code}")
    return (f"{taken >> 20} MiB of {options.megabytes} taken, {refused} uploads got 503 with "
            f"Retry-After (phones: {fleet.counted('refused')}), GETs answered, resumed after "
            f"{resumed:.1f} s, {points} points of {len(trips)} trips complete")


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--megabytes", type=int, default=96, help="size of the disk")
    parser.add_argument("--seconds", type=float, default=8, help="how long it is full")
    parser.add_argument("--phones", type=int, default=8)
    options = parser.parse_args()
    enter_namespace()
    print(f"disk_full: seed {options.seed}", flush=True)
    with workspace(options, "full") as directory:
        conclude("disk_full", lambda: prove(options, directory))


if __name__ == "__main__":
    main()
