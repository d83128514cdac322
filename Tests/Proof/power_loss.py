#!/usr/bin/env python3
"""Cuts the power, and lets the disk fail, under load: nothing acknowledged may be lost.

A preloaded shim notes every write to the data files since the last sync. A cut is a kill -9 after
which a random part of those writes is taken back. A fault makes syncs or writes fail for a while:
no upload sent then may get a 202, and service must resume by itself.
"""

import contextlib
import pathlib
import random
import time

import logfile
import results
from drive import drive
from installation import Failure, Installation, arguments, conclude, workspace
from phones import START_MS, Fleet
from powercut import build_shim, cut_power

FAULTS = ["sync", "eio", "enospc"]
FAULT_SECONDS = 4.0
RESUME_SECONDS = 15.0


class Bench:
    """A program under the shim, with phones at work."""

    def __init__(self, options, directory: pathlib.Path, cleanup: contextlib.ExitStack,
                 kind: str = "") -> None:
        self.rng = random.Random(options.seed)
        self.directory = directory
        self.side = directory / "side"
        self.side.mkdir(parents=True)
        self.environment = {"LD_PRELOAD": str(build_shim(directory)),
                            "POWERLOSS_DIR": str(self.side)}
        self.fault = self.side / "0.fault"
        if kind:
            self.begin_fault(kind)
        self.installation = Installation(options.tacho, directory, ["--no-demo"])
        cleanup.callback(self.installation.kill)
        self.installation.start(environment=self.environment)
        self.fleet = Fleet(self.installation.port, options.seed, options.phones, 0.04,
                           directory / "ledger.json", resends=False)
        cleanup.callback(self.fleet.stop)
        self.probes: list[dict] = []

    def begin_fault(self, kind: str) -> None:
        pending = self.fault.with_suffix(".new")
        pending.write_text(kind)
        pending.rename(self.fault)

    def finish(self, patience: float = 60) -> int:
        """Everything that was acknowledged is there; returns how many points that is."""
        trips = self.fleet.done() + self.probes
        points = results.check(self.installation, trips, self.directory, patience)
        self.installation.stop()
        logfile.check_derived_once(
            lambda topic: logfile.records(self.installation.data, topic))
        return points

    def probe(self) -> int:
        """One upload of a trip of its own; returns the status."""
        name = f"probe-{len(self.probes)}-{self.rng.randrange(1 << 40)}"
        points = drive(self.rng, 30, START_MS)
        answer = self.installation.post_points(name, [point.upload() for point in points])
        if answer.status == 202:
            end = self.installation.request("POST", f"/v1/trips/{name}/end")
            position = (end if end.status == 202 else answer).headers["Tacho-Position"]
            if end.status == 202:
                self.probes.append({"id": name, "points": set(points), "numbered": True,
                                    "position": position})
        return answer.status


def expect_noticed(options, directory: pathlib.Path) -> None:
    """A disk whose syncs do nothing loses what was acknowledged, and this proof has to see it."""
    with contextlib.ExitStack() as cleanup:
        bench = Bench(options, directory, cleanup, "lie")
        time.sleep(2)
        bench.installation.kill()
        cut_power(bench.side, bench.installation.data, bench.rng)
        try:
            bench.installation.start()
            bench.finish(patience=2)
        except Failure as failure:
            print(f"power_loss: a lying disk is noticed: {str(failure)[:120]}", flush=True)
            return
    raise Failure("a disk that lies about its syncs was not noticed")


def cuts(options, directory: pathlib.Path) -> str:
    log_cuts = other_cuts = taken_writes = unanswered = 0
    with contextlib.ExitStack() as cleanup:
        bench = Bench(options, directory, cleanup)
        for cut in range(options.cuts):
            time.sleep(bench.rng.uniform(0.3, options.interval))
            before = bench.fleet.counted("broken")
            if cut % 2:
                deadline = time.monotonic() + 3
                while not bench.installation.page[0] and time.monotonic() < deadline:
                    pass
            bench.installation.kill()
            taken = cut_power(bench.side, bench.installation.data, bench.rng)
            log_cuts += any(name.startswith("log.") for name, count in taken.items() if count)
            other_cuts += any(not name.startswith("log.")
                              for name, count in taken.items() if count)
            taken_writes += sum(taken.values())
            is_last = cut == options.cuts - 1
            bench.installation.start(environment={} if is_last else bench.environment)
            unanswered += bench.fleet.counted("broken") > before
        points = bench.finish()
    figures = (f"{options.cuts} power cuts, {taken_writes} writes taken back, {log_cuts} times of "
               f"the log, {other_cuts} times of other files, {unanswered} with unanswered uploads; "
               f"{points} points each exactly once")
    if log_cuts < options.cuts // 8 or other_cuts < options.cuts // 4:
        raise Failure(f"did not test: {figures}")
    return figures


def fault(options, kind: str, directory: pathlib.Path) -> str:
    with contextlib.ExitStack() as cleanup:
        bench = Bench(options, directory, cleanup)
        time.sleep(2)
        if bench.probe() != 202:
            raise Failure("no 202 before any fault")
        statuses = endure(bench, kind)
        resumed = resume(bench)
        time.sleep(1)
        endure(bench, kind)
        bench.installation.kill()
        bench.fault.unlink()
        taken = cut_power(bench.side, bench.installation.data, bench.rng)
        bench.installation.start()
        points = bench.finish()
    return (f"{kind}: {statuses} uploads got 503 and none 202, resumed after {resumed:.1f} s; "
            f"power cut in the fault took back {sum(taken.values())} writes; {points} points each "
            f"exactly once")


def endure(bench: Bench, kind: str) -> int:
    """While the fault lasts no upload sent in it is acknowledged, and reads go on."""
    bench.begin_fault(kind)
    until = time.monotonic() + FAULT_SECONDS
    refused = 0
    while time.monotonic() < until:
        status = bench.probe()
        if status != 503:
            raise Failure(f"{kind}: an upload sent while the disk fails was answered {status}")
        refused += 1
        status = bench.installation.get("/v1/trips?limit=5").status
        if status != 200:
            raise Failure(f"{kind}: GET was answered {status} while the disk fails")
        time.sleep(0.05)
    return refused


def resume(bench: Bench) -> float:
    """Seconds from the end of the fault to the first 202."""
    bench.fault.unlink()
    began = time.monotonic()
    while bench.probe() != 202:
        if time.monotonic() > began + RESUME_SECONDS:
            raise Failure(f"no 202 within {RESUME_SECONDS:.0f} s after the fault: "
                          f"{bench.installation.tail(500)}")
        time.sleep(0.05)
    return time.monotonic() - began


def prove(options, directory: pathlib.Path) -> str:
    expect_noticed(options, directory / "lie")
    told = [cuts(options, directory / "cuts")] if options.cuts else []
    for kind in options.faults.split(",") if options.faults else []:
        told.append(fault(options, kind, directory / kind))
        print(f"power_loss: {told[-1]}", flush=True)
    return "; ".join(told)


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--cuts", type=int, default=20)
    parser.add_argument("--faults", default=",".join(FAULTS), help="comma separated")
    parser.add_argument("--phones", type=int, default=12)
    parser.add_argument("--interval", type=float, default=2.0,
                        help="longest wait before a cut, in seconds")
    options = parser.parse_args()
    print(f"power_loss: seed {options.seed}", flush=True)
    with workspace(options, "power") as directory:
        conclude("power_loss", lambda: prove(options, directory))


if __name__ == "__main__":
    main()
