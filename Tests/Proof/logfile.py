"""Reads log.sqlite without the program's help; formats: Sources/EmbeddedLog."""

import pathlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from installation import Failure

OFFSET_BITS = 40
PROGRESS_KEY = b"\0progress"


class Record(NamedTuple):
    partition: int
    offset: int
    key: bytes
    value: bytes | None
    headers: dict[str, bytes]
    time_ms: int  # when the log took it


def records(data: pathlib.Path, topic: str) -> Iterator[Record]:
    """Every record of a topic, partition by partition in offset order."""
    database = sqlite3.connect(data / "log.sqlite")
    try:
        row = database.execute(
            "SELECT first_partition, partitions FROM topics WHERE name = ?", (topic,)).fetchone()
        if row is None:
            raise Failure(f"the log has no topic {topic}")
        first, count = row
        for identity, key, value, headers, time_ms in database.execute(
                "SELECT id, key, value, headers, timestamp_ms FROM records "
                "WHERE id >= ? AND id < ? ORDER BY id",
                (first << OFFSET_BITS, (first + count) << OFFSET_BITS)):
            yield Record((identity >> OFFSET_BITS) - first, identity & ((1 << OFFSET_BITS) - 1),
                         bytes(key), value, decoded(headers), time_ms)
    finally:
        database.close()


def decoded(blob: bytes | None) -> dict[str, bytes]:
    """Headers: name and value in turn, each with its length before it."""
    fields = []
    rest = memoryview(blob or b"")
    while rest:
        length, used = varint(rest)
        fields.append(bytes(rest[used:used + length]))
        rest = rest[used + length:]
    return {name.decode(): value for name, value in zip(fields[::2], fields[1::2])}


def varint(data: memoryview | bytes) -> tuple[int, int]:
    """The number at the start, and the bytes that it takes."""
    number = 0
    for index, byte in enumerate(data):
        number |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            return number, index + 1
    raise Failure("a number without an end")


def check_derived_once(read: Callable[[str], Iterable[Record]],
                       version: int = 1) -> tuple[int, int]:
    """Exactly once into the derived topic: no position of the input is told of twice.

    Progress records strictly rise in each partition, and so do the last uploads of each trip's
    records. `read` gives a topic's records. Returns how many records of both kinds there are.
    """
    letters = sum(1 for _ in read(f"dead-letters.v{version}"))
    if letters:
        raise Failure(f"{letters} dead letters")
    progress: dict[int, int] = {}
    last: dict[bytes, int] = {}
    counts = [0, 0]
    topic = f"trip-scores.v{version}"
    for record in read(topic):
        where = f"{topic}/{record.partition}@{record.offset}"
        if record.key == PROGRESS_KEY:
            counts[0] += 1
            if not record.value or record.value[0] != 0x08:
                raise Failure(f"{where} is no progress record: {record.value!r}")
            told, _ = varint(record.value[1:])
            if told <= progress.get(record.partition, -1):
                raise Failure(f"{where} says progress {told} after {progress[record.partition]}")
            progress[record.partition] = told
        else:
            counts[1] += 1
            upload = int(record.headers["tacho-last-upload"])
            if upload <= last.get(record.key, -1):
                raise Failure(f"{where} is of upload {upload} of {record.key.decode()} after "
                              f"{last[record.key]}")
            if upload < progress.get(record.partition, 0):
                raise Failure(f"{where} is of upload {upload}, below the progress before it")
            last[record.key] = upload
    if not all(counts):
        raise Failure(f"{counts[0]} progress records and {counts[1]} scores: nothing to judge")
    return counts[0], counts[1]
