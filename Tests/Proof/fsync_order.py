#!/usr/bin/env python3
"""Shows by strace that every 202 waits for the disk.

For each upload, in the order of the system calls: its request is read from its connection; a
write to log.sqlite-wal holds the trip's name; a sync of log.sqlite-wal begins after that write
and returns without an error; only then the 202 is written to that connection.
"""

import contextlib
import http.client
import json
import pathlib
import random
import re
import threading
import time

from drive import drive
from installation import ACCESS, Failure, Installation, arguments, conclude, workspace
from phones import START_MS

CALLS = "read,readv,recvfrom,recvmsg,write,writev,sendto,sendmsg,pwrite64,pwritev,fsync,fdatasync"
LINE = re.compile(r"^(\d+) +([\d.]+) (.*)$")
NAME = re.compile(r"trip-of-proof-\d{5}")
TEXT = 6000


class Call:
    """A system call, with the numbers of the lines on which it began and ended."""

    def __init__(self, text: str, began: int) -> None:
        self.text = text
        self.began = began
        self.ended: int | None = None

    @property
    def name(self) -> str:
        return self.text.partition("(")[0]

    @property
    def file(self) -> str:
        """The descriptor with what it is, as `23</data/log.sqlite-wal>`."""
        return self.text.partition("(")[2].partition(",")[0].partition(")")[0]

    @property
    def result(self) -> int:
        match = re.search(r"\) += (-?\d+)[^=]*$", self.text)
        return int(match[1]) if match else -1


def calls(trace: pathlib.Path) -> list[Call]:
    """The calls in the order in which they began."""
    found: list[Call] = []
    unfinished: dict[str, Call] = {}
    with open(trace, errors="replace") as lines:
        for number, line in enumerate(lines):
            match = LINE.match(line.rstrip("\n"))
            if not match:
                continue
            process, _, text = match.groups()
            if text.startswith("<... "):
                call = unfinished.pop(process, None)
                if call is not None:
                    call.text += text.partition(" resumed>")[2]
                    call.ended = number
                continue
            if text.endswith("<unfinished ...>"):
                call = Call(text.removesuffix("<unfinished ...>").rstrip(), number)
                unfinished[process] = call
            else:
                call = Call(text, number)
                call.ended = number
            found.append(call)
    return found


def judge(trace: pathlib.Path) -> tuple[int, int]:
    """How many 202s were seen to wait, and how many syncs there were."""
    asked: dict[str, Call] = {}
    reading: dict[str, str] = {}
    written: dict[str, Call] = {}
    syncs: list[Call] = []
    seen = 0
    for call in calls(trace):
        file = call.file
        if call.name in ("fsync", "fdatasync"):
            if "log.sqlite-wal" in file and call.ended is not None and call.result == 0:
                syncs.append(call)
        elif "log.sqlite-wal" in file:
            for name in NAME.findall(call.text):
                written.setdefault(name, call)
        elif "socket" in file or "TCP" in file:
            if call.name in ("read", "readv", "recvfrom", "recvmsg"):
                names = NAME.findall(call.text)
                if names:
                    reading[file] = names[-1]
                    asked[names[-1]] = call
            elif '"HTTP/1.1 202' in call.text:
                name = reading.pop(file, None)
                if name is None:
                    raise Failure(f"a 202 to {file} that nobody asked for")
                prove_order(name, asked.get(name), written.get(name), syncs, call)
                seen += 1
    return seen, len(syncs)


def prove_order(name: str, asked: Call | None, written: Call | None, syncs: list[Call],
                answered: Call) -> None:
    if asked is None or asked.ended is None or asked.ended > answered.began:
        raise Failure(f"{name}: answered before its request was read")
    if written is None or written.ended is None:
        raise Failure(f"{name}: 202 without a write to log.sqlite-wal")
    if written.began < asked.began:
        raise Failure(f"{name}: written before it was asked for: the trace is misread")
    if not any(written.ended < sync.began and sync.ended is not None
               and sync.ended < answered.began for sync in reversed(syncs)):
        raise Failure(f"{name}: 202 before a sync of log.sqlite-wal that follows its write (line "
                      f"{written.began + 1}) had returned (line {answered.began + 1})")


def post(port: int, seed: int, numbers: range) -> None:
    """Uploads to a new trip each, over one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    rng = random.Random(f"{seed}-{numbers}")
    for number in numbers:
        points = drive(rng, rng.randrange(1, 20), START_MS)
        body = json.dumps({"points": [point.upload() for point in points]})
        connection.request("POST", f"/v1/trips/trip-of-proof-{number:05}/points", body,
                           {"Content-Type": "application/json", **ACCESS.fields()})
        response = connection.getresponse()
        content = response.read()
        if response.status != 202:
            raise Failure(f"upload {number} was answered {response.status}: {content[:200]!r}")
    connection.close()


def prove(options, directory: pathlib.Path) -> str:
    installation = Installation(options.tacho, directory, ["--no-demo"])
    trace = directory / "trace.txt"
    wrapper = ["strace", "-D", "-f", "-y", "-ttt", "-s", str(TEXT), "-o", str(trace),
               "-e", f"trace={CALLS}", "-e", "signal=none"]
    began = time.monotonic()
    problems: list[Failure] = []

    def phone(numbers: range) -> None:
        try:
            post(installation.port, options.seed, numbers)
        except Failure as failure:
            problems.append(failure)

    with contextlib.ExitStack() as cleanup:
        cleanup.callback(installation.kill)
        installation.start(wrapper)
        post(installation.port, options.seed, range(options.sequential))
        each = max(1, options.concurrent // options.phones)
        threads = [
            threading.Thread(target=phone, daemon=True, args=(
                range(10_000 + index * each, 10_000 + (index + 1) * each),))
            for index in range(options.phones)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        if problems:
            raise problems[0]
        installation.stop()
    seen, syncs = judge(trace)
    sent = options.sequential + each * options.phones
    if seen != sent:
        raise Failure(f"saw {seen} of {sent} answers in the trace")
    return (f"{seen} answers 202 ({options.sequential} in turn, {sent - options.sequential} from "
            f"{options.phones} phones at once), each after a sync that follows its own write; "
            f"{syncs} syncs of log.sqlite-wal; {time.monotonic() - began:.0f} s")


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--sequential", type=int, default=100)
    parser.add_argument("--concurrent", type=int, default=200)
    parser.add_argument("--phones", type=int, default=8)
    options = parser.parse_args()
    print(f"fsync_order: seed {options.seed}", flush=True)
    with workspace(options, "fsync") as directory:
        conclude("fsync_order", lambda: prove(options, directory))


if __name__ == "__main__":
    main()
