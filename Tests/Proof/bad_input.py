#!/usr/bin/env python3
"""Sends what no phone should: each is a clear 4xx, memory stays bounded, the server lives on."""

import concurrent.futures
import contextlib
import gzip
import json
import pathlib
import random
import re
import socket
import threading
import time
import zlib
from typing import NamedTuple

from drive import drive
from installation import ACCESS, Failure, Installation, arguments, conclude, workspace
from phones import START_MS

BODY_LIMIT = 8 << 20
CASE_SECONDS = 60
LOAD_SECONDS = 300
STUBBORN_SECONDS = 20
CLIENT_ERRORS = set(range(400, 500))
JSON = {"Content-Type": "application/json"}
GOOD_POINT = '{"time": 1760000000000, "latitude": 47.6, "longitude": -122.1, "sequence": 1}'


class Case(NamedTuple):
    name: str
    body: bytes
    headers: dict[str, str] = JSON
    allowed: set[int] = CLIENT_ERRORS
    path: str = "/v1/trips/bad-input/points"
    method: str = "POST"


class Reply(NamedTuple):
    """Status 0: the server hung up, or stayed silent for a minute."""

    status: int
    kind: str
    body: bytes


def with_point(point: str) -> bytes:
    return f'{{"points": [{point}]}}'.encode()


def replaced(name: str, value: str) -> bytes:
    """A point of which one member is something else."""
    point = json.loads(GOOD_POINT)
    members = [f'"{key}": {value if key == name else json.dumps(held)}'
               for key, held in {**point, name: None}.items()]
    return with_point("{" + ", ".join(members) + "}")


def malformed() -> list[Case]:
    texts = {
        "nothing": b"", "a space": b" ", "no JSON": b"points", "half an object": b'{"points": [',
        "cut in a string": b'{"points": [{"time": "2026-0', "a NUL": b"\0", "null": b"null",
        "an array": b"[]", "a number": b"7", "no points": b"{}",
        "points of null": b'{"points": null}', "empty points": b'{"points": []}',
        "points as text": b'{"points": "all of them"}', "a point as number": b'{"points": [7]}',
        "an empty point": b'{"points": [{}]}', "two values": with_point(GOOD_POINT) + b" {}",
        "bad UTF-8": b'{"name": "\xff\xfe", "points": [' + GOOD_POINT.encode() + b"]}",
        "bad UTF-8 in a key": b'{"\xc3\x28": 1, "points": []}',
        "a lone surrogate": b'{"name": "\\ud800", "points": [7]}',
        "a comma too many": b'{"points": [' + GOOD_POINT.encode() + b",]}",
        "single quotes": b"{'points': []}", "a byte order mark only": b"\xef\xbb\xbf",
        "user of a number": b'{"userId": 7, "points": [' + GOOD_POINT.encode() + b"]}",
        "a user too long": json.dumps({"userId": "u" * 10_000,
                                       "points": [json.loads(GOOD_POINT)]}).encode(),
        "a name too long": json.dumps({"name": "n" * 100_000,
                                       "points": [json.loads(GOOD_POINT)]}).encode(),
    }
    cases = [Case(name, body) for name, body in texts.items()]
    for depth in (1_000, 1_000_000):
        cases.append(Case(f"{depth} arrays", b"[" * depth))
        cases.append(Case(f"{depth} objects", b'{"a":' * depth))
        cases.append(Case(f"points {depth} deep", b'{"points": ' + b"[" * depth))
        cases.append(Case(f"{depth} deep beside good points", b'{"x": ' + b"[" * depth
                          + b"]" * depth + b', "points": [' + GOOD_POINT.encode() + b"]}",
                          allowed=CLIENT_ERRORS | {202}))
    values = ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1e-999", "9" * 400, "null",
              "true", '"x"', "[]", "{}", "91", "-91", "181", "0x10", "+1", "01", ".5", "5.", "1e",
              '"47.6"', "1" + "0" * 5_000 + "e-5000"]
    for member in ("time", "latitude", "longitude", "sequence"):
        for value in values:
            # Whether such a value is good depends on the member; never may it be a 5xx.
            cases.append(Case(f"{member} of {value[:12]}", replaced(member, value),
                              allowed=CLIENT_ERRORS | {202}))
    for value in values:
        cases.append(Case(f"speed of {value[:12]}", replaced("speedMps", value),
                          allowed=CLIENT_ERRORS | {202}))
    for member in ("latitude", "longitude", "time"):
        for value in ("NaN", "Infinity", "1e999", "9" * 400, "null", '"x"', "{}"):
            cases.append(Case(f"only a {member} of {value[:12]}", replaced(member, value)))
    return cases


def encoded(rng: random.Random) -> list[Case]:
    good = with_point(GOOD_POINT)
    gz = {**JSON, "Content-Encoding": "gzip"}
    protobuf = {"Content-Type": "application/x-protobuf"}
    bomb = gzip.compress(bytes(64 << 20))
    spaces = gzip.compress(good + b" " * (200 << 20))
    packed = gzip.compress(good)
    many = {"points": [json.loads(GOOD_POINT)] * 10_001}
    cases = [
        Case("no gzip", good, gz), Case("half a gzip", packed[:len(packed) // 2], gz),
        Case("gzip with a wrong checksum", packed[:-8] + bytes(8), gz),
        Case("gzip of nothing", gzip.compress(b""), gz), Case("an empty gzip", b"", gz),
        Case("a gzip bomb", bomb, gz), Case("a gzip bomb in a gzip bomb", gzip.compress(bomb), gz),
        Case("a gzip bomb of spaces", spaces, gz),
        Case("deflate said to be gzip", zlib.compress(good), gz),
        Case("gzip and rubbish", packed + b"rubbish", gz, CLIENT_ERRORS | {202}),
        Case("an unknown encoding", good, {**JSON, "Content-Encoding": "rot13"}),
        Case("an unknown type", good, {"Content-Type": "application/x-unknown"}),
        Case("a type of rubbish", good, {"Content-Type": "///;;;=,"}),
        Case("XML", b"<points/>", {"Content-Type": "application/xml"}),
        Case("NDJSON with a bad line", GOOD_POINT.encode() + b"\nrubbish\n",
             {"Content-Type": "application/x-ndjson"}, CLIENT_ERRORS | {202}),
        Case("NDJSON of rubbish", b"rubbish\n" * 1_000, {"Content-Type": "application/x-ndjson"}),
        Case("10,001 points", json.dumps(many).encode()),
        Case("8 MiB and a byte", good + b" " * (BODY_LIMIT + 1 - len(good))),
        Case("20 MiB", bytes(20 << 20), allowed=CLIENT_ERRORS | {0}),
        Case("protobuf of nothing", b"", protobuf),
        Case("protobuf with a huge length", b"\x2a\xff\xff\xff\xff\x0f", protobuf),
        Case("protobuf with endless groups", b"\x0b" * 100_000, protobuf),
        Case("protobuf with many points said", b"\x2a\x06\x08\xff\xff\xff\xff\x0f", protobuf),
    ]
    for number in range(20):
        body = rng.randbytes(rng.randrange(1, 4_000))
        cases.append(Case(f"protobuf rubbish {number}", body, protobuf))
        cases.append(Case(f"JSON rubbish {number}", body))
    text = bytearray(json.dumps(
        {"points": [point.upload() for point in drive(rng, 30, START_MS)]}).encode())
    for number in range(100):
        broken = bytearray(text)
        for _ in range(rng.randrange(1, 4)):
            broken[rng.randrange(len(broken))] = rng.randrange(256)
        cases.append(Case(f"broken bytes {number}", bytes(broken), allowed=CLIENT_ERRORS | {202}))
    return cases


def requests() -> list[Case]:
    good = with_point(GOOD_POINT)
    return [
        Case("a bad read-after", b"", {"Tacho-Read-After": "yesterday"}, path="/v1/trips/x",
             method="GET"),
        Case("a read-after of a foreign topic", b"", {"Tacho-Read-After": "nowhere/1@2"},
             path="/v1/trips/x", method="GET"),
        Case("a read-after far ahead", b"", {"Tacho-Read-After": f"trip-uploads/0@{1 << 62}"},
             path="/v1/trips/x", method="GET", allowed=CLIENT_ERRORS | {503}),
        Case("a bad partition", b"", {"Tacho-Read-After": "trip-uploads/99999999999@1"},
             path="/v1/trips/x", method="GET"),
        Case("a bad cursor", b"", path="/v1/trips?cursor=%ff%00", method="GET"),
        Case("a bad limit", b"", path="/v1/trips?limit=-1", method="GET"),
        Case("a huge limit", b"", path="/v1/trips?limit=" + "9" * 40, method="GET"),
        Case("an unknown status", b"", path="/v1/trips?status=flying", method="GET"),
        Case("no such trip", b"", path="/v1/trips/none", method="GET", allowed={404}),
        Case("no such route", b"", path="/v2/trips", method="GET", allowed={404}),
        Case("a trip id too long", good, path=f"/v1/trips/{'x' * 5_000}/points"),
        Case("a trip id of signs", good, path="/v1/trips/%00%2e%2e%2f/points"),
        Case("a trip id of bad UTF-8", good, path="/v1/trips/%ff%fe/points"),
        Case("a wrong method", good, method="PATCH"),
        Case("absurd headers", good, {**JSON, **{f"X-{n}": "y" * 60 for n in range(2_000)}},
             CLIENT_ERRORS | {0}),
        Case("a header of 1 MiB", good, {**JSON, "X-Long": "y" * (1 << 20)}, CLIENT_ERRORS | {0}),
    ]


def send(port: int, case: Case, seconds: float) -> Reply:
    """Writes the request by hand, so that nothing is put right on the way."""
    head = "".join(f"{name}: {value}\r\n"
                   for name, value in (ACCESS.fields() | case.headers).items())
    if case.method != "GET":
        head += f"Content-Length: {len(case.body)}\r\n"
    text = (f"{case.method} {case.path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            f"{head}\r\n").encode()
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        return exchange(connection, text + case.body)


def exchange(connection: socket.socket, text: bytes) -> Reply:
    """Sends and listens at once: a server may refuse before it has read all."""
    def push() -> None:
        with contextlib.suppress(OSError):
            connection.sendall(text)

    sender = threading.Thread(target=push, daemon=True)
    sender.start()
    answer = bytearray()
    with contextlib.suppress(ConnectionResetError, TimeoutError):
        while chunk := connection.recv(65536):
            answer += chunk
            if is_whole(answer):
                break
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    sender.join()
    head, _, body = bytes(answer).partition(b"\r\n\r\n")
    status = re.match(rb"HTTP/1\.[01] (\d{3})", head)
    kind = re.search(rb"(?i)\r\ncontent-type: *([^\r\n]*)", head)
    return Reply(int(status[1]) if status else 0, kind[1].decode() if kind else "", body)


def is_whole(answer: bytearray) -> bool:
    head, end, body = bytes(answer).partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return bool(end and length) and len(body) >= int(length[1])


def judge(case: Case, reply: Reply) -> str | None:
    if reply.status not in case.allowed:
        return f"{case.name}: answered {reply.status}: {reply.body[:160]!r}"
    if reply.status >= 400 and case.method == "POST":
        if not reply.kind.startswith("application/problem+json"):
            # What the HTTP server itself refuses never reaches the program.
            return None if not reply.body else f"{case.name}: {reply.status} as {reply.kind!r}"
        problem = json.loads(reply.body)
        if problem.get("status") != reply.status or not problem.get("title"):
            return f"{case.name}: no clear problem: {reply.body[:160]!r}"
    return None


def cut_off(port: int, rng: random.Random) -> int:
    """Connections that end in the midst of a request; returns how many."""
    good = with_point(GOOD_POINT)
    token = f"Authorization: {ACCESS.fields()['Authorization']}\r\n".encode()
    text = (b"POST /v1/trips/cut/points HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            + token + b"Content-Length: " + str(len(good) + 100).encode() + b"\r\n\r\n" + good)
    for _ in range(50):
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(text[:rng.randrange(1, len(text))])
    chunked = (b"POST /v1/trips/cut/points HTTP/1.1\r\nHost: x\r\nContent-Type: application/json"
               b"\r\n" + token + b"Transfer-Encoding: chunked\r\n\r\n")
    for rest in (b"zz\r\n", b"-1\r\n", b"ffffffffffffffffff\r\n", b"5\r\nab"):
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(chunked + rest)
    return 54


def stubborn(port: int) -> list[str]:
    """Clients that listen only once all is sent: one refused early must not wait for ever."""
    wrong = []
    for kind in ("close", "keep-alive"):
        text = (f"POST /v1/trips/stubborn/points HTTP/1.1\r\nHost: x\r\nConnection: {kind}\r\n"
                f"Authorization: {ACCESS.fields()['Authorization']}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {20 << 20}\r\n\r\n"
                ).encode()
        with socket.create_connection(("127.0.0.1", port), timeout=STUBBORN_SECONDS) as connection:
            try:
                connection.sendall(text + bytes(20 << 20))
            except TimeoutError:
                wrong.append(f"20 MiB, Connection: {kind}: for {STUBBORN_SECONDS} s neither read "
                             "nor closed")
            except OSError:
                pass  # Closed: that is an answer.
    return wrong


def storm(port: int, count: int, rng: random.Random) -> dict[int, int]:
    """Bodies of 8 MiB, all at once, of each kind; returns how many got which answer."""
    points = ", ".join(json.dumps(point.upload()) for point in drive(rng, 2_000, START_MS))
    good = f'{{"points": [{points}]}}'.encode()
    padded = good + b" " * (BODY_LIMIT - len(good))
    kinds = [
        Case("8 MiB of JSON", padded, JSON, CLIENT_ERRORS | {202, 503}, "/v1/trips/storm/points"),
        Case("8 MiB of JSON, gzip", gzip.compress(padded, 1), {**JSON, "Content-Encoding": "gzip"},
             CLIENT_ERRORS | {202, 503}, "/v1/trips/storm/points"),
        Case("8 MiB of rubbish as protobuf", rng.randbytes(BODY_LIMIT),
             {"Content-Type": "application/x-protobuf"}, CLIENT_ERRORS | {503}),
    ]
    answers: dict[int, int] = {}
    for case in kinds:
        with concurrent.futures.ThreadPoolExecutor(count) as pool:
            replies = list(pool.map(lambda _: send(port, case, LOAD_SECONDS), range(count)))
        for reply in replies:
            wrong = judge(case, reply)
            if wrong:
                raise Failure(f"{count} at once: {wrong}")
            answers[reply.status] = answers.get(reply.status, 0) + 1
    return answers


def peak_mebibytes(process: int) -> float:
    text = pathlib.Path(f"/proc/{process}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", text)[1]) / 1024


def prove(options, directory: pathlib.Path) -> str:
    rng = random.Random(options.seed)
    installation = Installation(options.tacho, directory, ["--no-demo"])
    began = time.monotonic()
    with contextlib.ExitStack() as cleanup:
        cleanup.callback(installation.kill)
        installation.start()
        process = installation.process
        cases = malformed() + encoded(rng) + requests()
        wrong = []
        for case in cases:
            problem = judge(case, send(installation.port, case, CASE_SECONDS))
            if problem:
                wrong.append(problem)
            if process.poll() is not None:
                raise Failure(f"{case.name} ended the program: {installation.tail()}")
        wrong += stubborn(installation.port)
        cut = cut_off(installation.port, rng)
        answers = storm(installation.port, options.bodies, rng)
        if process.poll() is not None:
            raise Failure(f"the storm ended the program: {installation.tail()}")
        points = [point.upload() for point in drive(rng, 60, START_MS)]
        after = installation.post_points("after-all", points)
        if after.status != 202:
            raise Failure(f"a good upload after all that was answered {after.status}")
        peak = peak_mebibytes(process.pid)
        installation.stop()
    told = ", ".join(f"{count} got {status}" for status, count in sorted(answers.items()))
    figures = (f"{len(cases)} bad requests and {cut} cut off; 3 × {options.bodies} bodies of "
               f"8 MiB at once: {told}; peak memory {peak:.0f} MiB of {options.limit}; "
               f"{time.monotonic() - began:.0f} s")
    if wrong:
        raise Failure(f"{len(wrong)} answers are wrong: {'; '.join(wrong[:12])} ({figures})")
    if peak >= options.limit:
        raise Failure(f"too much memory: {figures}")
    return figures


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--bodies", type=int, default=64, help="bodies of 8 MiB at once")
    parser.add_argument("--limit", type=int, default=512, help="MiB that may be used at most")
    options = parser.parse_args()
    print(f"bad_input: seed {options.seed}", flush=True)
    with workspace(options, "bad") as directory:
        conclude("bad_input", lambda: prove(options, directory))


if __name__ == "__main__":
    main()
