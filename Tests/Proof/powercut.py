"""What a power cut may do to files, from the journals that the shim keeps."""

import os
import pathlib
import random
import struct
import subprocess
from typing import NamedTuple

from installation import Failure

RECORD = struct.Struct("<IIqqqq")
MAGIC = 0x54616368
WRITTEN, LENGTH = 1, 2
SECTOR = 512


class Change(NamedTuple):
    kind: int
    offset: int
    old_length: int
    old: bytes
    new: bytes


def build_shim(directory: pathlib.Path) -> pathlib.Path:
    library = directory / "shim.so"
    source = pathlib.Path(__file__).parent / "powerloss" / "shim.c"
    subprocess.run(["gcc", "-O2", "-Wall", "-Werror", "-shared", "-fPIC", "-o", str(library),
                    str(source), "-ldl", "-lpthread"], check=True)
    return library


def changes(journal: pathlib.Path) -> list[Change]:
    """The changes since the last sync; one cut off by the kill was never made."""
    data = journal.read_bytes()
    found = []
    at = 0
    while at + RECORD.size <= len(data):
        kind, magic, offset, old_length, old, new = RECORD.unpack_from(data, at)
        if magic != MAGIC:
            raise Failure(f"{journal} is damaged at {at}")
        at += RECORD.size
        if at + old + new > len(data):
            break
        found.append(Change(kind, offset, old_length, data[at:at + old],
                            data[at + old:at + old + new]))
        at += old + new
    return found


def cut_power(side: pathlib.Path, data: pathlib.Path, rng: random.Random) -> dict[str, int]:
    """Takes back some of what was never synced; returns how many writes of which file.

    Per file one of: the last writes are gone; any of them are; any sectors of them are.
    """
    taken: dict[str, int] = {}
    for journal in side.glob("*.journal"):
        path = pathlib.Path((side / f"{journal.stem}.path").read_text())
        found = changes(journal)
        is_there = path.exists() and path.stat().st_ino == int(journal.stem)
        journal.unlink()
        if not found or not is_there:
            continue
        with open(path, "r+b") as file:
            for change in reversed(found):
                put(file, change.offset, change.old)
                file.truncate(change.old_length)
            taken[path.name] = redo(file, found, rng)
    for shared in data.glob("*-shm"):
        shared.unlink()
    return taken


def redo(file, found: list[Change], rng: random.Random) -> int:
    """Makes those changes again that reached the disk; returns how many did not, or in part."""
    manner = rng.choice(["suffix", "subset", "sectors"])
    kept_first = rng.randrange(len(found) + 1)
    share = rng.random()
    lost = 0
    for index, change in enumerate(found):
        is_kept = index < kept_first if manner == "suffix" else rng.random() < share
        if manner == "sectors" and change.kind == WRITTEN:
            lost += put_sectors(file, change, rng, share)
        elif not is_kept:
            lost += 1
        elif change.kind == WRITTEN:
            put(file, change.offset, change.new)
        else:
            file.truncate(change.offset)
    return lost


def put_sectors(file, change: Change, rng: random.Random, share: float) -> int:
    is_whole = True
    at = change.offset
    end = change.offset + len(change.new)
    while at < end:
        until = min(end, (at // SECTOR + 1) * SECTOR)
        if rng.random() < share:
            put(file, at, change.new[at - change.offset:until - change.offset])
        else:
            is_whole = False
        at = until
    return 0 if is_whole else 1


def put(file, offset: int, data: bytes) -> None:
    if data:
        file.seek(offset, os.SEEK_SET)
        file.write(data)
    file.flush()
