"""Whether what the server shows is what the kernel says of exactly the points that were sent."""

import csv
import io
import json
import pathlib
import subprocess
from datetime import datetime, timezone

from drive import Point
from installation import Failure, Installation

# Of a trip's document, what the kernel says of it.
KERNEL_FIELDS = [
    "startedAt", "endedAt", "distanceMeters", "durationSeconds", "averageSpeedMps", "maxSpeedMps",
    "hardBrakes", "hardAccelerations", "hardCorners", "score", "unscorable", "rules", "breakdown",
    "quality",
]


def rfc3339(time_ms: int) -> str:
    moment = datetime.fromtimestamp(time_ms // 1000, timezone.utc)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{time_ms % 1000:03}Z"


def epoch_ms(text: str) -> int:
    if text.isdigit():
        return int(text)
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return round(moment.timestamp() * 1000)


def score(tacho: str, trips: list[dict], directory: pathlib.Path,
          rules: str = "default") -> tuple[dict, dict]:
    """What `tacho score` says: documents by trip, and events by trip."""
    documents: dict[str, dict] = {}
    events: dict[str, list] = {}
    for numbered in (True, False):
        group = [trip for trip in trips if trip["numbered"] == numbered]
        if not group:
            continue
        path = directory / f"points-{'numbered' if numbered else 'timed'}.csv"
        write_csv(path, group, numbered)
        run = subprocess.run([tacho, "score", str(path), "--rules", rules, "--json"],
                             capture_output=True, timeout=600, check=False)
        if run.returncode != 0:
            raise Failure(f"tacho score ended with {run.returncode}: {run.stderr[-500:]!r}")
        told = json.loads(run.stdout)
        documents.update({trip["id"]: trip for trip in told["trips"]})
        for event in told["events"]:
            events.setdefault(event["trip"], []).append(event)
    return documents, events


def write_csv(path: pathlib.Path, trips: list[dict], numbered: bool) -> None:
    with open(path, "w", newline="") as file:
        rows = csv.writer(file)
        sequence = ["sequence"] if numbered else []
        rows.writerow(["trip", *sequence, "timestamp", "latitude", "longitude", "speed_mps"])
        for trip in trips:
            for point in sorted(trip["points"], key=lambda point: point.time_ms):
                speed = point.speed_m_per_h
                rows.writerow([
                    trip["id"], *([point.sequence] if numbered else []), rfc3339(point.time_ms),
                    f"{point.latitude_e7 / 1e7:.7f}", f"{point.longitude_e7 / 1e7:.7f}",
                    "" if speed is None else f"{speed / 3600:.2f}"])


def track(installation: Installation, trip: str) -> list[Point]:
    """The trip's points as track.csv has them."""
    answer = installation.get(f"/v1/trips/{trip}/track.csv")
    if answer.status != 200:
        raise Failure(f"{trip}: track.csv was answered {answer.status}: {answer.body[:300]!r}")
    points = []
    for row in csv.DictReader(io.StringIO(answer.body.decode())):
        sequence = row.get("sequence") or None
        speed = row.get("speed_mps") or None
        points.append(Point(
            sequence=None if sequence is None else int(sequence), time_ms=epoch_ms(row["time"]),
            latitude_e7=round(float(row["latitude"]) * 1e7),
            longitude_e7=round(float(row["longitude"]) * 1e7),
            speed_m_per_h=None if speed is None else round(float(speed) * 3600)))
    return points


def check(installation: Installation, trips: list[dict], directory: pathlib.Path,
          patience: float = 60, rules: str = "default") -> int:
    """Compares every trip, each waited for so many seconds; returns how many points there are.

    Raises Failure with the first differences.
    """
    trips = [trip for trip in trips if trip["position"]]
    documents, events = score(installation.tacho, trips, directory, rules)
    wrong: list[str] = []
    for trip in trips:
        wrong += differences(installation, trip, documents, events, patience)
        if len(wrong) > 5:
            break
    if wrong:
        raise Failure(f"{len(wrong)} or more differences: " + "; ".join(wrong[:5]))
    return sum(len(trip["points"]) for trip in trips)


def differences(installation: Installation, trip: dict, documents: dict, events: dict,
                patience: float) -> list[str]:
    name = trip["id"]
    answer = installation.get_after(f"/v1/trips/{name}", trip["position"], patience)
    if answer.status != 200:
        return [f"{name} was answered {answer.status}: {answer.body[:300]!r}"]
    if not trip["points"]:
        return []
    wrong = []
    found = track(installation, name)
    lost = trip["points"] - set(found)
    foreign = set(found) - trip["points"]
    if lost:
        wrong.append(f"{name} lacks {len(lost)} points, such as {min(lost)}")
    if foreign:
        wrong.append(f"{name} has {len(foreign)} foreign points, such as {min(foreign)}")
    if len(found) != len(set(found)):
        wrong.append(f"{name} has {len(found) - len(set(found))} points twice")
    document = answer.json()
    expected = documents.get(name)
    if expected is None:
        return [*wrong, f"tacho score does not know {name}"]
    if document["status"] != "complete":
        wrong.append(f"{name} is {document['status']} though it was ended")
    for field in KERNEL_FIELDS:
        if document.get(field) != expected.get(field):
            wrong.append(f"{name}: {field} is {document.get(field)}, the kernel says "
                         f"{expected.get(field)}")
    shown = installation.get(f"/v1/trips/{name}/events").json()["events"]
    if shown != events.get(name, []):
        wrong.append(f"{name}: events {shown[:2]}… differ from the kernel's "
                     f"{events.get(name, [])[:2]}…")
    return wrong
