"""What the `releases` topic says, read without the program's help; see topics/releases.proto."""

from collections.abc import Iterable
from typing import NamedTuple

from installation import Failure
from logfile import Record, varint

STAGED, PROMOTED, ROLLED_BACK, RETIRED, CHECKED, PACED = range(1, 7)


class Step(NamedTuple):
    offset: int
    version: int
    step: int
    follows: int
    rules: str
    starts: dict[int, int]
    base: int
    gate: str
    passed: bool
    figure: str


class History(NamedTuple):
    """What comes of the steps that count."""

    live: int
    states: dict[int, str]
    last: int
    counted: list[Step]
    void: list[Step]


def fields(message: bytes) -> dict[int, list]:
    """A message's values by field number."""
    found: dict[int, list] = {}
    rest = message
    while rest:
        tag, used = varint(rest)
        rest = rest[used:]
        value: int | bytes
        if tag & 7 == 0:
            value, used = varint(rest)
        elif tag & 7 == 2:
            length, start = varint(rest)
            used = start + length
            value = bytes(rest[start:used])
        else:
            raise Failure(f"a field of kind {tag & 7} in a release")
        rest = rest[used:]
        found.setdefault(tag >> 3, []).append(value)
    return found


def step(record: Record) -> Step:
    told = fields(record.value or b"")

    def number(field: int) -> int:
        value = told.get(field, [0])[-1]
        return value - (1 << 64) if value >= 1 << 63 else value

    starts = {start.get(1, [0])[-1]: start.get(2, [0])[-1]
              for start in map(fields, told.get(11, []))}
    gate = fields(told.get(14, [b""])[-1])
    return Step(record.offset, number(1), number(2), number(7),
                told.get(3, [b""])[-1].decode(), starts, number(12),
                gate.get(1, [b""])[-1].decode(), bool(gate.get(2, [0])[-1]),
                gate.get(3, [b""])[-1].decode())


def fold(records: Iterable[Record]) -> History:
    """The rules of the design, once more: a step counts that follows the last one that did."""
    live, last = 0, -1
    states: dict[int, str] = {}
    counted: list[Step] = []
    void: list[Step] = []
    for one in map(step, records):
        state = states.get(one.version)
        makes_sense = {
            STAGED: state is None,
            PROMOTED: state in ("candidate", "standby") or (state is None and not live),
            ROLLED_BACK: state in ("candidate", "standby"),
            RETIRED: state in ("candidate", "standby"),
        }.get(one.step, state not in (None, "retired"))
        if one.follows != last or not makes_sense:
            void.append(one)
            continue
        last = one.offset
        counted.append(one)
        if one.step == STAGED:
            states[one.version] = "candidate"
        elif one.step in (PROMOTED, ROLLED_BACK):
            if live:
                states[live] = "standby"
            live = one.version
            states[live] = "live"
        elif one.step == RETIRED:
            states[one.version] = "retired"
    return History(live, states, last, counted, void)
