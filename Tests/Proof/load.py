"""Requests without a pause, each answer checked: the program in requests/, built and run."""

import json
import os
import pathlib
import random
import signal
import subprocess
from collections.abc import Sequence

from drive import drive
from installation import ACCESS, Failure, Installation, die_with_parent
from phones import START_MS
from proxy import Proxy

STOP_SECONDS = 30


def build(directory: pathlib.Path) -> pathlib.Path:
    program = directory / "requests"
    sources = sorted((pathlib.Path(__file__).parent / "requests").glob("*.c"))
    subprocess.run(["gcc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-o", str(program),
                    *map(str, sources)], check=True)
    return program


def send_trips(gateway: Installation, rng: random.Random, count: int) -> list[dict]:
    """So many whole trips, each in a few uploads; what `results.check` wants to know of them."""
    trips = []
    for number in range(count):
        points = drive(rng, rng.randrange(30, 200), START_MS + rng.randrange(30 * 86_400_000))
        trip = {"id": f"known-{rng.randrange(1 << 32):x}-{number}", "user": f"u{number % 5}",
                "points": set(points), "numbered": True, "position": ""}
        for path, body in [
                *(("points", {"points": [point.upload() for point in points[at:at + 60]]})
                  for at in range(0, len(points), 60)), ("end", {})]:
            answer = gateway.request(
                "POST", f"/v1/trips/{trip['id']}/{path}",
                json.dumps({"userId": trip["user"], **body}).encode(),
                {"Content-Type": "application/json"})
            if answer.status != 202:
                raise Failure(f"{trip['id']}: {path} was answered {answer.status}")
            trip["position"] = answer.headers["Tacho-Position"]
        trips.append(trip)
    return trips


class Load:
    """The program under way."""

    def __init__(self, directory: pathlib.Path, trips: list[dict], gateway: Installation,
                 readers: Sequence[Installation | Proxy], seed: int, rate: float,
                 words: Sequence[str] = ()) -> None:
        known = directory / "known.txt"
        known.write_text("".join(f"{trip['id']} {trip['user']}\n" for trip in trips))
        self.told = directory / "load.txt"
        with open(self.told, "ab") as told:
            self.process = subprocess.Popen(
                [str(build(directory)), "--write", str(gateway.port),
                 *(word for one in readers for word in ("--read", str(one.port))),
                 "--trips", str(known), "--seed", str(seed), "--rate", str(rate), *words],
                stdout=subprocess.PIPE, stderr=told, stdin=subprocess.DEVNULL,
                env={**os.environ, "TOKEN": ACCESS.token()},
                preexec_fn=die_with_parent)

    def check(self) -> None:
        """Raises what it has found so far."""
        if self.process.poll() is not None:
            raise Failure(f"the load ended with {self.process.returncode}")
        if self.told.stat().st_size:
            raise Failure(f"under load: {self.told.read_text()[:1000]}")

    def done(self) -> dict:
        """Ends it; what it found."""
        self.process.send_signal(signal.SIGTERM)
        try:
            output, _ = self.process.communicate(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.stop()
            raise Failure("the load did not come to an end") from None
        return told(output)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()


def told(output: bytes) -> dict:
    return json.loads(output)


def figures(told: dict) -> str:
    """In words, or a Failure where an answer was wrong."""
    took = told["milliseconds"]
    words = (f"{told['total']} requests, {told['per_second']:.0f} a second, p50 {took['p50']:.1f} "
             f"p99 {took['p99']:.1f} max {took['max']:.0f} ms, {told['failures']} failed, "
             f"{told['late']} late")
    if told["failures"]:
        raise Failure(f"{words}: {'; '.join(told['examples'])}")
    return words
