#!/usr/bin/env python3
"""A Kafka broker for tests: noida-db behind a proxy that mends two things that it does wrong.

- noida answers a fetch at once, also where there is nothing to fetch: here it waits, as a broker
  does, so that idle clients do not take the whole machine.
- noida names aborted transactions for ever, also to who reads on behind their end, and so hides
  what the same producer has committed since: here those that are over are left out.

The broker listens on 127.0.0.2, the proxy on 127.0.0.1, on the same port. Ends with SIGTERM, and
the broker with it; its data stays in DIR, but for transactions, of which noida keeps nothing. So
SIGUSR1 takes the broker away in another manner: connections end and none is taken, until SIGUSR2.
"""

import argparse
import asyncio
import ctypes
import pathlib
import signal
import struct
import subprocess
import sys

BROKER_HOST = "127.0.0.2"
HOST = "127.0.0.1"
FETCH, METADATA, FIND_COORDINATOR, API_VERSIONS, DESCRIBE_CLUSTER = 1, 3, 10, 18, 60
# The last version of Fetch without flexible fields: clients are told that there is no later one.
LAST_FETCH_VERSION = 11
ASK_AGAIN_SECONDS = 0.005
STOP_SECONDS = 3
NOBODY = struct.pack(">q", -2)


class Reader:
    """Reads numbers and texts of Kafka's protocol off some bytes."""

    def __init__(self, data: bytes | bytearray, at: int = 0) -> None:
        self.data = data
        self.at = at

    def number(self, form: str) -> int:
        value = struct.unpack_from(">" + form, self.data, self.at)[0]
        self.at += struct.calcsize(">" + form)
        return value

    def text(self) -> str | None:
        size = self.number("h")
        if size < 0:
            return None
        self.at += size
        return bytes(self.data[self.at - size:self.at]).decode()

    def varint(self) -> int:
        value = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return (value >> 1) ^ -(value & 1)


class Request:
    """The head of a request, and of a fetch how long it may wait."""

    def __init__(self, frame: bytes) -> None:
        reader = Reader(frame)
        self.api = reader.number("h")
        self.version = reader.number("h")
        self.wait = 0.0
        if self.api == FETCH and self.version <= LAST_FETCH_VERSION:
            reader.number("i")
            reader.text()
            reader.number("i")
            self.wait = reader.number("i") / 1000


class Part:
    """One partition in an answer to a fetch."""

    def __init__(self, reader: Reader, topic: str, version: int) -> None:
        self.source = (topic, reader.number("i"))
        self.error = reader.number("h")
        reader.number("q")
        reader.number("q")
        if version >= 5:
            reader.number("q")
        self.aborted = []
        for _ in range(max(0, reader.number("i"))):
            place = reader.at
            self.aborted.append((place, reader.number("q"), reader.number("q")))
        if version >= 11:
            reader.number("i")
        self.size = max(0, reader.number("i"))
        self.start = reader.at
        reader.at += self.size

    def first_offset(self, data: bytes | bytearray) -> int:
        return struct.unpack_from(">q", data, self.start)[0]


def parts(data: bytes | bytearray, version: int) -> list[Part]:
    """The partitions in an answer to a fetch, behind its correlation id."""
    reader = Reader(data, 4)
    reader.number("i")
    if version >= 7:
        reader.number("h")
        reader.number("i")
    found = []
    for _ in range(reader.number("i")):
        topic = reader.text() or ""
        found += [Part(reader, topic, version) for _ in range(reader.number("i"))]
    return found


def abort_markers(data: bytes | bytearray, start: int, size: int) -> tuple[list, int]:
    """Producers and offsets of the marks of aborted transactions, and the offset after it all."""
    markers = []
    end_offset = 0
    at = start
    while at + 61 <= start + size:
        base, length = struct.unpack_from(">qi", data, at)
        attributes, last_delta = struct.unpack_from(">hi", data, at + 21)
        producer = struct.unpack_from(">q", data, at + 43)[0]
        if at + 12 + length > start + size:
            break
        end_offset = base + last_delta + 1
        if attributes & 0x20:
            reader = Reader(data, at + 61)
            reader.varint()
            reader.number("b")
            reader.varint()
            reader.varint()
            reader.varint()
            reader.number("h")
            if reader.number("h") == 0:
                markers.append((producer, base))
        at += 12 + length
    return markers, end_offset


class Markers:
    """Where aborted transactions end, as far as somebody had to know."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.known: dict[tuple, list[tuple[int, int]]] = {}
        self.scanned: dict[tuple, int] = {}
        self.lock = asyncio.Lock()

    async def leave_out_ended(self, data: bytearray, part: Part) -> None:
        """Gives aborted transactions that end before the first record to nobody."""
        first = part.first_offset(data)
        if all(offset >= first for _, _, offset in part.aborted):
            return
        async with self.lock:
            if self.scanned.get(part.source, 0) < first:
                await self.scan(part.source)
        for place, producer, offset in part.aborted:
            ends = [end for one, end in self.known.get(part.source, [])
                    if one == producer and end >= offset]
            if ends and min(ends) < first:
                data[place:place + 8] = NOBODY

    async def scan(self, source: tuple[str, int]) -> None:
        """Reads the partition to its end, whatever was committed."""
        topic, partition = source
        reader, writer = await asyncio.open_connection(BROKER_HOST, self.port)
        try:
            while True:
                at = self.scanned.get(source, 0)
                name = topic.encode()
                body = struct.pack(">hhih", FETCH, 4, 1, -1)
                body += struct.pack(">iiiib", -1, 0, 0, 1 << 30, 0)
                body += struct.pack(">ih", 1, len(name)) + name
                body += struct.pack(">iiqi", 1, partition, at, 1 << 30)
                writer.write(struct.pack(">i", len(body)) + body)
                data = await frame(reader)
                part = parts(data, 4)[0]
                markers, end = abort_markers(data, part.start, part.size)
                if end <= at:
                    return
                self.known.setdefault(source, []).extend(markers)
                self.scanned[source] = end
        finally:
            writer.close()


def limit_fetch_version(answer: bytes, version: int) -> bytes:
    """Changes an answer to ApiVersions so that Fetch ends with the version known here."""
    data = bytearray(answer)
    reader = Reader(data, 6)
    if version >= 3:
        count, size = data[6] - 1, 7
        reader.at += 1
    else:
        count, size = reader.number("i"), 6
    for at in range(reader.at, reader.at + count * size, size):
        api, _, last = struct.unpack_from(">hhh", data, at)
        if api == FETCH:
            struct.pack_into(">h", data, at + 4, min(last, LAST_FETCH_VERSION))
    return bytes(data)


async def frame(reader: asyncio.StreamReader) -> bytes:
    size = struct.unpack(">i", await reader.readexactly(4))[0]
    return await reader.readexactly(size)


class Proxy:
    def __init__(self, port: int) -> None:
        self.port = port
        self.markers = Markers(port)
        self.server: asyncio.Server | None = None
        self.connections: set[asyncio.StreamWriter] = set()

    async def listen(self) -> None:
        if self.server is None:
            self.server = await asyncio.start_server(self.serve, HOST, self.port, limit=1 << 20)

    def cut(self) -> None:
        """Ends all connections and takes no more."""
        if self.server is not None:
            self.server.close()
        self.server = None
        for writer in list(self.connections):
            writer.transport.abort()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            upstream, broker = await asyncio.open_connection(BROKER_HOST, self.port)
        except OSError:
            writer.close()
            return
        self.connections.add(writer)
        try:
            while True:
                head = await frame(reader)
                request = Request(head)
                answer = await self.ask(request, head, upstream, broker)
                writer.write(struct.pack(">i", len(answer)) + answer)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self.connections.discard(writer)
            writer.close()
            broker.close()

    async def ask(self, request: Request, head: bytes, upstream: asyncio.StreamReader,
                  broker: asyncio.StreamWriter) -> bytes | bytearray:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + request.wait
        while True:
            broker.write(struct.pack(">i", len(head)) + head)
            await broker.drain()
            answer = await frame(upstream)
            if request.api in (METADATA, FIND_COORDINATOR, DESCRIBE_CLUSTER):
                return answer.replace(BROKER_HOST.encode(), HOST.encode())
            if request.api == API_VERSIONS:
                return limit_fetch_version(answer, request.version)
            if request.api != FETCH:
                return answer
            found = parts(answer, request.version)
            if any(part.size or part.error for part in found) or loop.time() >= deadline:
                return await self.mended(answer, found)
            await asyncio.sleep(ASK_AGAIN_SECONDS)

    async def mended(self, answer: bytes, found: list[Part]) -> bytes | bytearray:
        wanted = [part for part in found if part.aborted and part.size]
        if not wanted:
            return answer
        data = bytearray(answer)
        for part in wanted:
            await self.markers.leave_out_ended(data, part)
        return data


def program(launcher: pathlib.Path) -> pathlib.Path:
    """The program itself: its launcher would die alone."""
    found = sorted(launcher.parent.parent.glob("lib/*/site-packages/noida_db/noida-db"))
    if not found:
        sys.exit(f"no {launcher}: run .ci/install test")
    return found[0]


def die_with_parent() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


async def run(options: argparse.Namespace) -> int:
    command = [str(program(options.noida)), "start", "--only", "kafka", "--host", BROKER_HOST,
               "--kafka-port", str(options.port), "--data-dir", str(options.data_dir)]
    broker = subprocess.Popen(command, stdin=subprocess.DEVNULL, preexec_fn=die_with_parent)
    stopped = asyncio.Event()
    proxy = Proxy(options.port)
    await proxy.listen()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    loop.add_signal_handler(signal.SIGUSR1, proxy.cut)
    loop.add_signal_handler(signal.SIGUSR2, lambda: loop.create_task(proxy.listen()))
    while not stopped.is_set() and broker.poll() is None:
        try:
            await asyncio.wait_for(stopped.wait(), 0.2)
        except asyncio.TimeoutError:
            pass
    proxy.cut()
    if broker.poll() is not None:
        return 1
    broker.terminate()
    try:
        broker.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        # It does not always end when it is told to.
        broker.kill()
    return 0


def main() -> None:
    root = pathlib.Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data-dir", type=pathlib.Path, required=True)
    parser.add_argument("--noida", type=pathlib.Path, default=root / ".build/noida/bin/noida-db")
    options = parser.parse_args()
    options.data_dir.mkdir(parents=True, exist_ok=True)
    sys.exit(asyncio.run(run(options)))


if __name__ == "__main__":
    main()
