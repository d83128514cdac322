#!/usr/bin/env python3
"""A hundred promotions and rollbacks under load, on both engines.

Phones upload and connections ask without a pause, streams stay open. No request fails, no answer
mixes versions, none is older than what its connection has seen, every stream is told of every
switch once, and every reader has switched soon after the record.
"""

import contextlib
import pathlib
import random
import time

import load
import releasing
import results
from installation import Failure
from phones import Fleet
from proxy import Answered, Lie, Proxy
from releasing import DONE, Bench, engine_arguments, run_engines


def check_sequences(told: dict, steps: list[int]) -> None:
    """Streams were told of each step; connections saw no order that there was not."""
    if told["streams"]["ends"] or told["streams"]["open"] != told["streams"]["count"]:
        raise Failure(f"streams ended: {told['streams']}")
    for seen in told["streams"]["versions"]:
        if seen != steps:
            raise Failure(f"a stream was told of {len(seen)} switches, there were {len(steps)}")
    for seen in told["versions"]:
        rest = iter([1, *steps])
        if not all(version in rest for version in seen):
            raise Failure(f"a connection saw versions {seen}, live were {[1, *steps]}")


def expect_noticed(bench: Bench, trips: list[dict], directory: pathlib.Path, seed: int) -> None:
    """Answers that are wrong in each way in which the load is to find them wrong."""
    class OtherVersion(Lie):
        def answer(self, path: str, headers: dict, answer: Answered) -> None:
            answer.headers["Tacho-Version"] = "7"

    class Older(Lie):
        def answer(self, path: str, headers: dict, answer: Answered) -> None:
            if random.random() < 0.5:
                answer.body = answer.body.replace(b'"readings":', b'"readings":0,"were":', 1)

    class Shorter(Lie):
        def answer(self, path: str, headers: dict, answer: Answered) -> None:
            if path.endswith("/track"):
                answer.body = answer.body.replace(b'"time":[', b'"time":[],"were":[')

    class OtherRules(Lie):
        def answer(self, path: str, headers: dict, answer: Answered) -> None:
            if random.random() < 0.5:
                answer.body = answer.body.replace(b'"hash":"', b'"hash":"0')

    class Failing(Lie):
        def answer(self, path: str, headers: dict, answer: Answered) -> None:
            if path.startswith("/v1/users"):
                answer.status = 500

    for lie in (OtherVersion(), Older(), Shorter(), OtherRules(), Failing()):
        proxy = Proxy(bench.reader, lie)
        asking = load.Load(directory, trips, bench.gateway, [proxy], seed, 0,
                           ["--connections", "2", "--seconds", "1"])
        output, _ = asking.process.communicate()
        proxy.stop()
        asking.told.unlink()
        if not load.told(output)["failures"]:
            raise Failure(f"the load does not notice {type(lie).__name__}")


def prove(options, directory: pathlib.Path, engine: str) -> str:
    rng = random.Random(options.seed)
    with contextlib.ExitStack() as cleanup:
        bench = Bench(options, directory, engine, cleanup, readers=2, whole=engine == "embedded")
        trips = load.send_trips(bench.gateway, rng, options.trips)
        for reader in bench.readers:
            for trip in trips:
                reader.get_after(f"/v1/trips/{trip['id']}", trip["position"])
        expect_noticed(bench, trips, directory, options.seed ^ 1)
        fleet = Fleet(bench.gateway.port, options.seed, options.phones, options.pause,
                      directory / "ledger.json")
        cleanup.callback(fleet.stop)
        asking = load.Load(directory, trips, bench.gateway, bench.readers, options.seed,
                           options.rate, ["--streams", str(options.streams)])
        cleanup.callback(asking.stop)
        bench.release("stage", "--rules", "strict").expect(DONE)
        if engine == "kafka":
            bench.start_scorer(2)
        bench.release("await", "2", "--hold", "1").expect(DONE)
        steps, took = switch(bench, asking, options.steps)
        # The word of the last switch is on its way to the streams.
        time.sleep(options.gate_ms / 1000)
        told = asking.done()
        sent = trips + fleet.done()
        figures = load.figures(told)
        check_sequences(told, steps)
        for reader in bench.readers:
            points = results.check(reader, sent, directory)
        bench.release("promote", "2").expect(DONE)
        for reader in bench.readers:
            results.check(reader, sent, directory, rules="strict")
        history = bench.check_history()
        bench.stop()
    p50, p99 = releasing.quantile(took, 0.5), releasing.quantile(took, 0.99)
    figures = (f"{engine}: {len(steps)} promotions and rollbacks, all readers switched after p50 "
               f"{p50:.0f} p99 {p99:.0f} max {max(took):.0f} ms; {figures}; "
               f"{told['streams']['count']} streams told of each; {points} points each exactly "
               f"once by both versions; {len(history.counted)} records of releases")
    if p99 > options.gate_ms:
        raise Failure(f"p99 is over {options.gate_ms} ms: {figures}")
    return figures


def switch(bench: Bench, asking: load.Load, count: int) -> tuple[list[int], list[float]]:
    """To version 2 and back, so often; the versions, and how many milliseconds each took."""
    steps: list[int] = []
    took: list[float] = []
    for number in range(count):
        words = ["rollback"] if number % 2 else ["promote", "2"]
        outcome = bench.release(*words).expect(DONE)
        took += [1000 * reader["seconds"] for reader in outcome.json()["readers"]]
        steps.append(1 if number % 2 else 2)
        bench.wait_live(steps[-1], seconds=0)
        asking.check()
    return steps, took


def main() -> None:
    parser = engine_arguments(__doc__)
    parser.add_argument("--steps", type=int, default=100, help="promotions and rollbacks, even")
    parser.add_argument("--trips", type=int, default=60)
    parser.add_argument("--phones", type=int, default=4)
    parser.add_argument("--pause", type=float, default=0.2,
                        help="mean seconds between a phone's uploads")
    parser.add_argument("--rate", type=float, default=0, help="requests a second; 0: no limit")
    parser.add_argument("--streams", type=int, default=20)
    parser.add_argument("--gate-ms", type=float, default=1000)
    run_engines("releases", parser.parse_args(), prove)


if __name__ == "__main__":
    main()
