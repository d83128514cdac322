"""An installation that is released on: its roles, and the commands that release."""

import argparse
import contextlib
import json
import pathlib
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence

import logfile
from cluster import PARTITIONS, Cluster, Role
from history import History, fold
from installation import (Failure, Installation, arguments, conclude, die_with_parent,
                          workspace)
from logfile import Record

DONE, REFUSED, USAGE, GATE = range(4)
COMMAND_SECONDS = 300
ENGINES = ["embedded", "kafka"]


class File:
    """The embedded log, which the roles of one machine share."""

    def __init__(self, directory: pathlib.Path) -> None:
        self.data = directory / "data"

    def options(self) -> list[str]:
        return []

    def records(self, topic: str) -> Iterator[Record]:
        return logfile.records(self.data, topic)


class Outcome:
    """How a command ended and what it said."""

    def __init__(self, words: Sequence[str], code: int, output: str, errors: str,
                 seconds: float) -> None:
        self.words = words
        self.code = code
        self.output = output
        self.errors = errors
        self.seconds = seconds

    def json(self) -> dict:
        try:
            return json.loads(self.output)
        except ValueError:
            raise Failure(f"{self}: no JSON") from None

    def expect(self, *codes: int) -> "Outcome":
        if self.code not in codes:
            raise Failure(f"{self}, not with {codes}")
        return self

    def __str__(self) -> str:
        said = (self.errors or self.output).strip()[-700:]
        return f"`tacho {' '.join(self.words)}` ended with {self.code}: {said}"


class Bench:
    """A gateway, readers and one scorer a version on one log, each as a process of its own; or all
    in one `tacho up`."""

    def __init__(self, options, directory: pathlib.Path, engine: str,
                 cleanup: contextlib.ExitStack, readers: int = 1, whole: bool = False,
                 reader_words: Sequence[str] = ()) -> None:
        self.tacho = options.tacho
        self.directory = directory
        self.log: Cluster | File
        if engine == "kafka":
            self.log = Cluster(directory)
            cleanup.callback(self.log.stop)
            self.log.start()
        else:
            self.log = File(directory)
        cleanup.callback(lambda: [one.kill() for one in self.roles])
        self.scorers: dict[int, Installation] = {}
        if whole:
            self.gateway = Installation(
                options.tacho, directory, ["--no-demo", *self.log.options(), *reader_words])
            self.readers: list[Installation] = [self.gateway]
            self.log.data = self.gateway.data
        else:
            self.gateway = self.role("gateway", "gateway")
            self.readers = [self.role(f"reader-{number}", "reader", reader_words)
                            for number in range(readers)]
        for one in dict.fromkeys((self.gateway, *self.readers)):
            one.start()
        if not whole:
            self.start_scorer(1)

    @property
    def reader(self) -> Installation:
        return self.readers[0]

    @property
    def roles(self) -> list[Installation]:
        return list(dict.fromkeys((self.gateway, *self.readers, *self.scorers.values())))

    def role(self, name: str, kind: str, words: Sequence[str] = ()) -> Role:
        named = [] if kind == "gateway" else ["--member", name]
        role = Role(self.tacho, self.directory / name, kind, self.log, [*named, *words])
        if isinstance(self.log, File):
            role.data = self.log.data
        return role

    def start_scorer(self, version: int) -> Role:
        name = f"scorer-{version}"
        role = self.role(name, "scorer", ["--version", str(version)])
        self.scorers[version] = role
        role.start()
        return role

    def begin(self, *words: str) -> subprocess.Popen:
        """A command under way."""
        data = self.log.data if isinstance(self.log, File) else self.directory / "commands"
        return subprocess.Popen(
            [self.tacho, *words, "--data", str(data), *self.log.options()],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
            preexec_fn=die_with_parent)

    @staticmethod
    def end(process: subprocess.Popen, seconds: float = COMMAND_SECONDS) -> Outcome:
        began = time.monotonic()
        words = [word for word in process.args[1:]]
        try:
            output, errors = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise Failure(f"`tacho {' '.join(words)}` is under way after {seconds} s") from None
        return Outcome(words, process.returncode, output, errors, time.monotonic() - began)

    def run(self, *words: str, seconds: float = COMMAND_SECONDS) -> Outcome:
        return self.end(self.begin(*words), seconds)

    def release(self, *words: str, seconds: float = COMMAND_SECONDS) -> Outcome:
        """A step that is taken, not only planned."""
        return self.run("release", *words, "--execute", "--json", seconds=seconds)

    def history(self) -> History:
        return fold(self.log.records("releases"))

    def check_history(self) -> History:
        """The program comes to the same history as whoever reads the topic by the design."""
        read = self.history()
        told = self.run("release", "history", "--json").expect(DONE).json()
        states = {int(one["version"]): one["state"] for one in told["versions"]}
        if told["live"] != read.live or states != read.states:
            raise Failure(f"the history is ambiguous: {told['live']} {states} by the program, "
                          f"{read.live} {read.states} by the topic")
        return read

    def wait_live(self, version: int, seconds: float = 10) -> None:
        """Until every reader answers from the version."""
        deadline = time.monotonic() + seconds
        for one in self.readers:
            while (found := one.get("/v1/trips?limit=1").headers["Tacho-Version"]) != str(version):
                if time.monotonic() > deadline:
                    raise Failure(f"a reader answers from version {found}, not {version}")
                time.sleep(0.02)

    def stop(self) -> None:
        for one in self.roles:
            code = one.stop()
            if code != 0:
                raise Failure(f"SIGTERM ended it with {code}: {one.tail()}")


def quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def engine_arguments(description: str) -> argparse.ArgumentParser:
    """The arguments of a proof that runs on every engine."""
    parser = arguments(description)
    parser.add_argument("--engine", choices=ENGINES, help="this alone")
    return parser


def run_engines(name: str, options, prove: Callable) -> None:
    """Proves it on one engine after the other, and prints what came of it."""
    print(f"{name}: seed {options.seed}", flush=True)
    engines = [options.engine] if options.engine else ENGINES
    with workspace(options, name.replace("_", "-")) as directory:
        conclude(name, lambda: "; ".join(
            prove(options, directory / engine, engine) for engine in engines))
