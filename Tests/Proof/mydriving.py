#!/usr/bin/env python3
"""MyDriving's clients work unchanged against `/api`.

First what the original services' own black-box tests check (method, path, body, status, fields),
where ours differs by intention with what ours says instead. Then the simulator's sequence, alone and
many at once, compared with `tacho score` of the same points; with a kill of the whole program in the
middle of one: everything that was answered is there once. On Kafka each request goes to another of
several readers, which are killed one at a time; and on either engine versions are promoted and
rolled back while simulators drive.
"""

import contextlib
import csv
import dataclasses
import http.client
import itertools
import json
import pathlib
import random
import re
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence

from installation import ACCESS, Answer, Failure, Installation
from releasing import DONE, Bench, engine_arguments, run_engines

JSON = {"Content-Type": "application/json", "Accept": "application/json"}
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
MISSING = -255


class Client:
    """A connection to each reader, kept as MyDriving's clients keep theirs; the readers in turn."""

    def __init__(self, readers: Sequence[Installation]) -> None:
        self.readers = itertools.cycle(readers)
        self.connections: dict[int, http.client.HTTPConnection] = {}
        self.requests = 0

    def ask(self, method: str, path: str, body=None, headers: dict | None = None) -> Answer:
        """One request; a body that is no text or bytes goes as JSON."""
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        port = next(self.readers).port
        if port not in self.connections:
            self.connections[port] = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            self.connections[port].request(
                method, path, body, {**JSON, **ACCESS.fields(path), **(headers or {})})
            self.requests += 1
            return Answer(self.connections[port].getresponse())
        except (OSError, http.client.HTTPException):
            self.connections.pop(port).close()
            raise

    def good(self, method: str, path: str, body=None, headers: dict | None = None) -> Answer:
        answer = self.ask(method, path, body, headers)
        expect(answer.status == 200, f"{method} {path} was answered {answer.status}: "
                                     f"{answer.body[:300]!r}")
        return answer

    def close(self) -> None:
        for connection in self.connections.values():
            connection.close()
        self.connections.clear()


def expect(holds: bool, what: str) -> None:
    if not holds:
        raise Failure(what)


def refused(answer: Answer, status: int, pointer: str | None = None) -> None:
    """It is a problem of RFC 9457 with this status."""
    expect(answer.status == status, f"{answer.status} instead of {status}: {answer.body[:300]!r}")
    expect(answer.headers["Content-Type"] == "application/problem+json",
           f"{status} as {answer.headers['Content-Type']}")
    problem = answer.json()
    expect(problem["status"] == status and problem["title"] and problem["detail"],
           f"an empty problem: {problem}")
    if pointer is not None:
        expect(problem.get("pointer") == pointer, f"points to {problem.get('pointer')}, "
                                                  f"not {pointer}: {problem}")


def has(document: dict, wanted: dict, what: str) -> None:
    for name, value in wanted.items():
        expect(name in document, f"{what} has no {name}: {document}")
        expect(document[name] == value, f"{what}: {name} is {document[name]!r}, not {value!r}")


# What the trip service's tests send.
CREATED = {
    "Name": "Trip CREATE TEST", "UserId": "GO_TEST",
    "RecordedTimeStamp": "2018-04-19T19:08:16.03Z", "EndTimeStamp": "2018-04-19T19:42:49.573Z",
    "Rating": 95, "IsComplete": False, "HasSimulatedOBDData": True, "AverageSpeed": 100,
    "FuelUsed": 10.27193484, "HardStops": 2, "HardAccelerations": 4, "Distance": 30.0275486,
    "CreatedAt": "2018-01-01T12:00:00Z", "UpdatedAt": "2001-01-01T12:00:00Z",
}
CHANGED = {**CREATED, "Name": "Trip UPDATE TEST", "Rating": 91005, "IsComplete": True}
POINT = {
    "Latitude": 47.67598, "Longitude": -122.10612, "Speed": MISSING,
    "RecordedTimeStamp": "2018-05-24T10:00:15.003Z", "Sequence": 2, "RPM": MISSING,
    "ShortTermFuelBank": MISSING, "LongTermFuelBank": MISSING, "ThrottlePosition": MISSING,
    "RelativeThrottlePosition": MISSING, "Runtime": MISSING,
    "DistanceWithMalfunctionLight": MISSING, "EngineLoad": MISSING, "EngineFuelRate": MISSING,
    "CreatedAt": "0001-01-01T00:00:00Z", "UpdatedAt": "0001-01-01T00:00:00Z",
}
TRIP_FIELDS = [
    "Id", "Name", "UserId", "RecordedTimeStamp", "EndTimeStamp", "Rating", "IsComplete",
    "HasSimulatedOBDData", "AverageSpeed", "FuelUsed", "HardStops", "HardAccelerations",
    "Distance", "Created", "UpdatedAt",
]
# Ours computes these, and takes the times of records from the log.
COMPUTED = {"Rating", "AverageSpeed", "HardStops", "HardAccelerations", "Distance", "Created",
            "CreatedAt", "UpdatedAt"}
POINT_FIELDS = [
    "Id", "TripId", "Latitude", "Longitude", "Speed", "RecordedTimeStamp", "Sequence", "RPM",
    "ShortTermFuelBank", "LongTermFuelBank", "ThrottlePosition", "RelativeThrottlePosition",
    "Runtime", "DistanceWithMalfunctionLight", "EngineLoad", "MassFlowRate", "EngineFuelRate",
    "VIN", "HasOBDData", "HasSimulatedOBDData", "CreatedAt", "UpdatedAt",
]


def said(body: dict) -> dict:
    """What of a body comes back, times to the millisecond."""
    kept = {name: value for name, value in body.items() if name not in COMPUTED}
    for name in ("RecordedTimeStamp", "EndTimeStamp"):
        if name in kept:
            whole, fraction = kept[name].rstrip("Z").split(".")
            kept[name] = f"{whole}.{fraction[:3]:0<3}Z"
    return kept


def trip_tests(api: Client) -> int:
    """The trip service's tests t1 to t11, in order, and the two of damaged bodies."""
    expect(isinstance(api.good("GET", "/api/trips").json(), list), "t1: no array")
    refused(api.ask("GET", "/api/trips/99999"), 404)
    trip = api.good("POST", "/api/trips", CREATED).json()
    has(trip, said(CREATED), "t3")
    for name in TRIP_FIELDS:
        expect(name in trip, f"t3: no {name}")
    expect("Deleted" not in trip, "t3: Deleted is to be left out")
    expect(UUID.fullmatch(trip["Id"]) is not None, f"t3: {trip['Id']} is no UUID")
    path = f"/api/trips/{trip['Id']}"
    update = {**trip, **CHANGED}
    echo = api.good("PATCH", path, update).json()
    has(echo, said(CHANGED) | {"Id": trip["Id"]}, "t4")
    expect(echo["Rating"] != 91005, "t4: a client sets the rating")
    point = api.good("POST", f"{path}/trippoints", {**POINT, "TripId": trip["Id"]}).json()
    has(point, said(POINT) | {"TripId": trip["Id"]}, "t5")
    for name in POINT_FIELDS:
        expect(name in point, f"t5: no {name}")
    one = f"{path}/trippoints/{point['Id']}"
    has(api.good("PATCH", one, {**POINT, "Id": point["Id"], "TripId": trip["Id"]}).json(),
        said(POINT), "t6")
    listed = api.good("GET", f"{path}/trippoints").json()
    expect([each["Id"] for each in listed] == [point["Id"]], f"t7: {listed}")
    has(api.good("GET", one).json(), said(POINT) | {"Id": point["Id"]}, "t8")
    expect(api.good("DELETE", one).body == b'"{}"', "t9: not the JSON string {}")
    refused(api.ask("GET", one), 404)
    # The original answers 500.
    damaged = json.dumps(CREATED)[:200].encode()
    refused(api.ask("POST", "/api/trips", damaged), 400)
    refused(api.ask("PATCH", path, damaged), 400)
    expect(api.good("DELETE", path).body == b'"{}"', "t10: not the JSON string {}")
    refused(api.ask("GET", path), 404)
    expect(api.good("GET", "/api/trips/user/SomeUser").json() == [], "t11: no empty array")
    return 13


def standing_tests(api: Client) -> int:
    """Health, version and documents of each service."""
    for service, message, status in [
            ("trips", "Trip Service Healthcheck", "Healthy"),
            ("poi", "POI Service Healthcheck", "Healthy"),
            ("user", "healthcheck", "healthy"),
            ("user-java", "User-Java Service Healthcheck", "Healthy")]:
        answer = api.good("GET", f"/api/healthcheck/{service}")
        expect(answer.headers["Content-Type"].lower() == "application/json; charset=utf-8",
               f"health as {answer.headers['Content-Type']}")
        expect(answer.json() == {"message": message, "status": status}, f"{answer.body!r}")
        version = api.good("GET", f"/api/version/{service}")
        expect(version.headers["Content-Type"].startswith("text/plain") and version.body != b"",
               f"version {version.body!r}")
        expect(api.ask("GET", f"/api/docs/{service}").headers["Location"] == "/docs",
               "the documents are elsewhere")
    expect(api.ask("GET", "/api/json/swagger.json").headers["Location"] == "/openapi.json",
           "the description is elsewhere")
    return 13


def place_tests(api: Client) -> int:
    """The points of interest service's tests: three are there, by id, by trip, made, not there."""
    before = len(api.good("GET", "/api/poi/").json())
    made = []
    for kind in (1, 2, 1):
        made.append(api.good("POST", "/api/poi", {
            "tripId": str(uuid.uuid4()), "latitude": 0, "longitude": 0, "poiType": kind,
            "timestamp": "2018-05-24T10:00:15.0030012Z", "deleted": False}).json())
    answer = api.good("GET", "/api/poi/")
    expect(answer.headers["Content-Type"] == "application/json; charset=utf-8",
           f"points of interest as {answer.headers['Content-Type']}")
    expect(len(answer.json()) == before + 3, f"{len(answer.json())} instead of {before} + 3")
    for place in made:
        for name in ("tripId", "latitude", "longitude", "poiType", "timestamp", "deleted", "id"):
            expect(name in place, f"no {name}: {place}")
        has(api.good("GET", f"/api/poi/{place['id']}").json(), place, "by id")
        has(api.good("GET", f"/api/poi/trip/{place['tripId']}").json()[0], place, "by trip")
    refused(api.ask("GET", "/api/poi/fake_id"), 404)
    expect(api.good("GET", "/api/poi/trip/fake_trip_id").json() == [], "no empty array")
    one = {"tripId": "8675309", "latitude": 35.6262904, "longitude": 139.780985, "poiType": 2,
           "timestamp": "2018-05-24T10:00:15.003Z"}
    place = api.good("POST", "/api/poi", one).json()
    expect(place["id"] != "", "no id")
    has(api.good("GET", "/api/poi/trip/8675309").json()[0], one | {"source": "reported"}, "made")
    # The original answers 500.
    refused(api.ask("POST", "/api/poi", {**one, "latitude": "north"}), 422, "/latitude")
    refused(api.ask("POST", "/api/poi", b"{"), 400)
    return 11


PROFILE_FIELDS = [
    "id", "userId", "rating", "ranking", "totalDistance", "totalTrips", "totalTime", "hardStops",
    "hardAccelerations", "fuelConsumption", "maxSpeed", "createdAt", "updatedAt", "deleted",
]


def user_tests(api: Client) -> int:
    """The user services' tests: made, changed, listed, asked for, deleted."""
    profile = {"id": "2", "firstName": "test", "userId": "userId", "ranking": 1,
               "totalDistance": 1000.0}
    answer = api.good("POST", "/api/user-java/2", profile,
                      {"Content-Type": "application/json;charset=UTF-8"})
    expect(answer.headers["Content-Type"].lower() == "application/json; charset=utf-8",
           f"a profile as {answer.headers['Content-Type']}")
    has(answer.json(), {"id": "2", "firstName": "test", "userId": "userId"}, "made")
    for name in PROFILE_FIELDS:
        expect(name in answer.json(), f"no {name}: {answer.json()}")
    # The original answers 501 where Accept does not name JSON; ours answers anyone.
    changed = api.good("PATCH", "/api/user-java/2",
                       {**profile, "lastName": "last", "ranking": 2, "totalDistance": 2500.0},
                       {"Accept": "*/*"}).json()
    has(changed, {"firstName": "test", "lastName": "last", "totalDistance": 0}, "changed")
    listed = api.good("GET", "/api/user").json()
    mine = [user for user in listed if user["Id"] == "2"]
    expect(len(mine) == 1, f"{len(mine)} users of the id 2")
    has(mine[0], {"FirstName": "test", "LastName": "last", "UserId": "userId"}, "listed")
    for name in PROFILE_FIELDS:
        expect(name[0].upper() + name[1:] in mine[0], f"no {name} listed: {mine[0]}")
    found = api.good("GET", "/api/user/2").json()
    expect(isinstance(found, list) and found == mine, f"asked for: {found}")
    refused(api.ask("PATCH", "/api/user-java/nobody", {"firstName": "x"}), 404)
    refused(api.ask("GET", "/api/user/nobody"), 404)
    refused(api.ask("POST", "/api/user-java/3", {"firstName": "x" * 51}), 422, "/firstName")
    has(api.good("PATCH", "/api/user/2", {"lastName": "other"}).json(),
        {"firstName": "test", "lastName": "other"}, "changed by /api/user")
    gone = api.good("DELETE", "/api/user/2")
    expect(gone.body == b"User profile 2 deleted", f"deleted: {gone.body!r}")
    refused(api.ask("GET", "/api/user/2"), 404)
    refused(api.ask("DELETE", "/api/user/2"), 404)
    made = api.good("POST", "/api/user", {"userId": "by-post", "firstName": "P"}).json()
    has(api.good("GET", f"/api/user/{made['id']}").json()[0], {"UserId": "by-post"}, "posted")
    return 12


def slash_tests(api: Client) -> int:
    """Every route that is read also with a slash at its end."""
    trip = api.good("POST", "/api/trips/", {"Name": "slash", "UserId": "s"}).json()
    paths = ["/api/trips", f"/api/trips/{trip['Id']}", f"/api/trips/{trip['Id']}/trippoints",
             "/api/trips/user/s", "/api/poi", f"/api/poi/trip/{trip['Id']}", "/api/user",
             *(f"/api/{kind}/{service}" for kind in ("healthcheck", "version")
               for service in ("trips", "poi", "user", "user-java"))]
    for path in paths:
        expect(api.good("GET", path).body == api.good("GET", path + "/").body, f"{path}/ differs")
    return len(paths)


def repeat_tests(api: Client) -> int:
    """What is sent again changes nothing; an id that is taken is refused."""
    chosen = str(uuid.uuid4())
    first = api.good("POST", "/api/trips", {"Id": chosen, "Name": "first", "UserId": "a"}).json()
    expect(first["Id"] == chosen, f"{first['Id']} instead of {chosen}")
    api.good("PATCH", f"/api/trips/{chosen}", {"Name": "renamed"})
    again = api.good("POST", "/api/trips", {"Id": chosen, "Name": "first", "UserId": "a"}).json()
    has(again, {"Id": chosen, "Name": "renamed"}, "made again")
    refused(api.ask("POST", "/api/trips", {"Id": chosen, "UserId": "b"}), 409, "/Id")
    key = {"Idempotency-Key": str(uuid.uuid4())}
    ids = {api.good("POST", "/api/trips", {"UserId": "a"}, key).json()["Id"] for _ in range(3)}
    expect(len(ids) == 1, f"one key made {ids}")
    other = api.good("POST", "/api/trips", {"UserId": "b"}, key).json()["Id"]
    expect(other not in ids, "two users share an Idempotency-Key")
    points = [{**POINT, "Sequence": 3 + each,
               "RecordedTimeStamp": f"2018-05-24T10:00:{20 + each}.000Z"} for each in range(5)]
    path = f"/api/trips/{chosen}/trippoints"
    echoed = api.good("POST", path, points).json()
    expect(len(echoed) == 5, f"an array of 5 is echoed as {len(echoed)}")
    api.good("POST", path, points)
    listed = api.good("GET", path).json()
    expect([each["Id"] for each in listed] == [each["Id"] for each in echoed], "sent twice: "
           f"{[each['Sequence'] for each in listed]}")
    page, ids = f"{path}?limit=2", []
    while page:
        answer = api.good("GET", page)
        ids += [each["Id"] for each in answer.json()]
        link = re.fullmatch(r'<(.*)>; rel="next"', answer.headers.get("Link", ""))
        page = link[1] if link else None
    expect(ids == [each["Id"] for each in echoed], f"pages bring {len(ids)} of 5 points")
    refused(api.ask("POST", path, [points[0], {**points[1], "Latitude": 91}]), 422, "/1/Latitude")
    refused(api.ask("POST", path, points[0], {"Content-Type": "text/plain"}), 415)
    refused(api.ask("POST", "/api/trips/nobody/trippoints", POINT), 404)
    refused(api.ask("GET", "/api/trips?limit=0"), 422)
    refused(api.ask("PUT", "/api/trips"), 405)
    # Two records, hence a transaction on Kafka: its mark is no reason to wait.
    done = api.good("POST", "/api/trips", {"UserId": "a", "IsComplete": True}).json()
    has(api.good("GET", f"/api/trips/{done['Id']}").json(), {"IsComplete": True}, "made complete")
    return 15


@dataclasses.dataclass
class Sample:
    """The points of a trip, in the order in which the simulator sends them."""

    points: list[dict]
    score: int
    brakes: int
    accelerations: int


def sample(options, directory: pathlib.Path, count: int, rng: random.Random) -> Sample:
    """A drive of so many points, a second apart, with stops and starts, and its score."""
    speed, latitude, points = 0.0, 47.6, []
    target = 0.0
    for second in range(count):
        if second % 20 == 0:
            target = rng.choice([0, 25, 40, 60, 90])
        step = rng.choice([3, 6, 9, 14, 22])
        speed = min(target, speed + step) if speed < target else max(target, speed - step)
        latitude += speed / 3.6 / 111_195
        points.append({
            "Latitude": round(latitude, 7), "Longitude": -122.1, "Speed": round(speed, 1),
            "RecordedTimeStamp": time.strftime(
                "%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(1_524_165_000 + second)),
            "Sequence": second, "RPM": MISSING, "ShortTermFuelBank": -7,
            "LongTermFuelBank": 1.5, "ThrottlePosition": 12.25, "RelativeThrottlePosition": 3,
            "Runtime": 323, "DistanceWithMalfunctionLight": 0, "EngineLoad": MISSING,
            "EngineFuelRate": MISSING, "VIN": {"String": "", "Valid": False},
        })
    file = directory / f"sample-{count}.csv"
    with open(file, "w", newline="", encoding="utf-8") as out:
        table = csv.writer(out)
        table.writerow(["trip", "timestamp", "latitude", "longitude", "speed_kmh", "sequence"])
        for point in points:
            table.writerow(["sample", point["RecordedTimeStamp"], point["Latitude"],
                            point["Longitude"], point["Speed"], point["Sequence"]])
    run = subprocess.run([options.tacho, "score", str(file), "--json"], capture_output=True,
                         text=True, check=True)
    trip = json.loads(run.stdout)["trips"][0]
    expect(trip["score"] is not None, f"the sample has no score: {trip['unscorable']}")
    return Sample(points, trip["score"], trip["hardBrakes"], trip["hardAccelerations"])


def simulate(api: Client, drive: Sample, user: str, known: Callable[[str, str], None]) -> str:
    """The simulator's sequence, as its source has it; returns the trip's id."""
    now = time.strftime("%Y-%m-%dT%H:%M:%S.123Z", time.gmtime())
    trip = api.good("POST", "/api/trips", {
        "Id": str(uuid.uuid4()), "Name": f"API-Trip {now}", "UserId": user,
        "RecordedTimeStamp": now, "EndTimeStamp": now, "Rating": 90, "IsComplete": False,
        "HasSimulatedOBDData": False, "AverageSpeed": 0, "FuelUsed": 0, "HardStops": 0,
        "HardAccelerations": 0, "Distance": 5.95, "Created": now, "UpdatedAt": now}).json()
    known("trip", trip["Id"])
    for point in drive.points:
        echo = api.good("POST", f"/api/trips/{trip['Id']}/trippoints",
                        {**point, "Id": str(uuid.uuid4()), "TripId": trip["Id"],
                         "CreatedAt": now, "UpdatedAt": now}).json()
        known("point", echo["Id"])
        if echo["Speed"] != point["Speed"] or echo["Sequence"] != point["Sequence"]:
            raise Failure(f"{point} was echoed as {echo}")
    for number, kind in enumerate((1, 2, 2)):
        place = api.good("POST", "/api/poi", {
            "tripId": trip["Id"], "latitude": 47.6, "longitude": -122.1, "poiType": kind,
            "timestamp": drive.points[number]["RecordedTimeStamp"], "deleted": False,
            "id": str(uuid.uuid4())}).json()
        known("place", place["id"])
    found = [each for each in api.good("GET", "/api/user/").json() if each["UserId"] == user]
    expect(len(found) == 1, f"{len(found)} users are called {user}")
    profile = {name[0].lower() + name[1:]: value for name, value in found[0].items()}
    uuid.UUID(profile["id"])
    profile["totalTrips"] += 1
    profile["totalDistance"] += 5.95
    api.good("PATCH", f"/api/user-java/{profile['id']}", profile)
    done = api.good("PATCH", f"/api/trips/{trip['Id']}", {
        **trip, "IsComplete": True, "EndTimeStamp": drive.points[-1]["RecordedTimeStamp"],
        "HardStops": 2, "HardAccelerations": 1, "Distance": 5.95, "Rating": 90}).json()
    has(done, {"IsComplete": True, "Rating": drive.score, "HardStops": drive.brakes,
               "HardAccelerations": drive.accelerations}, "the trip that is complete")
    return trip["Id"]


def check_simulated(api: Client, drive: Sample, trip: str, user: str) -> None:
    """The trip has all that was sent, once, and the score of the kernel."""
    has(api.good("GET", f"/api/trips/{trip}").json(),
        {"IsComplete": True, "Rating": drive.score, "HardStops": drive.brakes,
         "HardAccelerations": drive.accelerations, "UserId": user}, "the trip")
    points = api.good("GET", f"/api/trips/{trip}/trippoints").json()
    expect([each["Sequence"] for each in points] == [each["Sequence"] for each in drive.points],
           f"{len(points)} points instead of {len(drive.points)}")
    for got, sent in zip(points, drive.points):
        has(got, {**sent, "TripId": trip}, "a point")
    places = api.good("GET", f"/api/poi/trip/{trip}").json()
    reported = [each for each in places if each["source"] == "reported"]
    expect(sorted(each["poiType"] for each in reported) == [1, 2, 2], f"reported: {reported}")
    detected = [each for each in places if each["source"] == "detected"]
    expect(sum(each["poiType"] == 2 for each in detected) == drive.brakes
           and sum(each["poiType"] == 1 for each in detected) == drive.accelerations,
           f"detected: {len(detected)}")


def edits(api: Client, drive: Sample, trip: str) -> None:
    """A point that is corrected or removed gives another result, and back again."""
    path = f"/api/trips/{trip}/trippoints"
    points = api.good("GET", path).json()
    before = api.good("GET", f"/api/trips/{trip}").json()
    last = points[-1]
    gone = f"{path}/{last['Id']}"
    api.good("DELETE", gone)
    after = api.good("GET", f"/api/trips/{trip}").json()
    expect(after["UpdatedAt"] > before["UpdatedAt"], "a point is gone and the trip as before")
    refused(api.ask("GET", gone), 404)
    far = {"Latitude": round(points[-2]["Latitude"] + 0.01, 7), "Speed": MISSING}
    one = f"{path}/{points[-2]['Id']}"
    has(api.good("PATCH", one, far).json(), far | {"Sequence": points[-2]["Sequence"]}, "patched")
    has(api.good("GET", one).json(), far, "patched, and read")


@contextlib.contextmanager
def clients(readers: Sequence[Installation], count: int) -> Iterator[list[Client]]:
    made = [Client(readers) for _ in range(count)]
    try:
        yield made
    finally:
        for each in made:
            each.close()


def simulate_together(
        bench: Bench, drive: Sample, count: int, name: str) -> tuple[float, int]:
    """So many simulators at once; returns requests a second, and how many there were."""
    failures: list[BaseException] = []
    trips: dict[int, str] = {}

    def run(number: int, api: Client) -> None:
        try:
            trips[number] = simulate(api, drive, f"{name} {number}", lambda *_: None)
        except BaseException as failure:  # The main thread tells of it.
            failures.append(failure)

    with clients(bench.readers, count) as apis:
        threads = [threading.Thread(target=run, args=(number, api))
                   for number, api in enumerate(apis)]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds = time.monotonic() - began
        if failures:
            raise failures[0]
        requests = sum(api.requests for api in apis)
        for number, api in enumerate(apis):
            check_simulated(api, drive, trips[number], f"{name} {number}")
        users = apis[0].good("GET", "/api/user").json()
        for number in range(count):
            mine = [each for each in users if each["UserId"] == f"{name} {number}"]
            expect(len(mine) == 1, f"{len(mine)} users are called {name} {number}")
            has(mine[0], {"TotalTrips": 1, "Rating": drive.score, "HardStops": drive.brakes},
                "a user")
    return requests / seconds, requests


class Switching:
    """Promotes version 2 and rolls it back for as long as something is under way."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.is_over = threading.Event()
        self.steps = 0
        self.failure: BaseException | None = None
        # Other rules, or there is nothing to release; and the same score of these drives.
        rules = subprocess.run([bench.tacho, "rules", "show", "default"], check=True,
                               capture_output=True, text=True).stdout
        file = bench.directory / "shorter.yaml"
        file.write_text(rules.replace("name: default", "name: shorter")
                        .replace("minimumDistanceMeters: 1000", "minimumDistanceMeters: 999"))
        bench.release("stage", "--rules", str(file)).expect(DONE)
        if bench.scorers:
            bench.start_scorer(2)
        bench.release("await", "2", "--hold", "1").expect(DONE)

    def __enter__(self) -> "Switching":
        self.thread = threading.Thread(target=self.run)
        self.thread.start()
        return self

    def run(self) -> None:
        try:
            while not self.is_over.is_set() or self.steps % 2:
                words = ["rollback"] if self.steps % 2 else ["promote", "2"]
                self.bench.release(*words).expect(DONE)
                self.steps += 1
        except BaseException as failure:  # The main thread tells of it.
            self.failure = failure

    def __exit__(self, *_) -> None:
        self.is_over.set()
        self.thread.join()
        if self.failure is not None:
            raise self.failure
        expect(self.steps >= 2, "no version was switched to while simulators drove")


def killed(bench: Bench, drive: Sample, rng: random.Random) -> int:
    """A simulator whose servers are killed goes on where it was; nothing that was answered is lost."""
    kills = 0
    with clients(bench.readers, 1) as (api,):
        user = "Hacker and killer"
        trip = api.good("POST", "/api/trips", {"Name": "killed", "UserId": user}).json()["Id"]
        places = []
        moments = set(rng.sample(range(10, len(drive.points) - 10), 3))
        for number, point in enumerate(drive.points):
            if number in moments:
                victim = rng.choice(bench.readers).process
                timer = threading.Timer(rng.uniform(0, 0.01), victim.kill)
                timer.start()
            while True:
                try:
                    api.good("POST", f"/api/trips/{trip}/trippoints", point)
                    if number % 50 == 0:
                        places.append(api.good(
                            "POST", "/api/poi",
                            {"tripId": trip, "latitude": 1, "longitude": 2, "poiType": 1,
                             "timestamp": point["RecordedTimeStamp"]},
                            {"Idempotency-Key": f"{trip}-{number}"}).json()["id"])
                    break
                except (OSError, http.client.HTTPException):
                    kills += revive(bench)
            if number in moments:
                timer.join()
                victim.wait(30)
                kills += revive(bench)
        api.good("PATCH", f"/api/trips/{trip}", {"IsComplete": True})
        points = api.good("GET", f"/api/trips/{trip}/trippoints").json()
        expect([each["Sequence"] for each in points]
               == [each["Sequence"] for each in drive.points],
               f"{len(points)} points of {len(drive.points)} after {kills} kills")
        found = [each["id"] for each in api.good("GET", f"/api/poi/trip/{trip}").json()
                 if each["source"] == "reported"]
        expect(sorted(found) == sorted(set(places)),
               f"{len(found)} points of interest of {len(places)} after {kills} kills")
        has(api.good("GET", f"/api/trips/{trip}").json(),
            {"IsComplete": True, "Rating": drive.score}, "the trip after kills")
    expect(kills >= 2, f"only {kills} kills hit")
    return kills


def revive(bench: Bench) -> int:
    """Starts whichever reader was killed; returns how many."""
    dead = [one for one in bench.readers if one.process.poll() is not None]
    for one in dead:
        one.kill()
        one.start()
    return len(dead)


def prove(options, directory: pathlib.Path, engine: str) -> str:
    rng = random.Random(options.seed)
    points = options.points if engine == "embedded" else options.kafka_points
    with contextlib.ExitStack() as cleanup:
        bench = Bench(options, directory, engine, cleanup, readers=options.readers,
                      whole=engine == "embedded")
        drive = sample(options, directory, points, rng)
        with clients(bench.readers, 1) as (api,):
            checks = sum(test(api) for test in (
                trip_tests, standing_tests, place_tests, user_tests, slash_tests, repeat_tests))
            began, before = time.monotonic(), api.requests
            trip = simulate(api, drive, "Hacker 1", lambda *_: None)
            alone = (api.requests - before) / (time.monotonic() - began)
            check_simulated(api, drive, trip, "Hacker 1")
            edits(api, drive, trip)
        rate, requests = simulate_together(bench, drive, options.simulators, "Driver")
        kills = killed(bench, drive, rng)
        with Switching(bench) as switching:
            beside, _ = simulate_together(bench, drive, options.simulators, "Released")
        bench.stop()
    figures = (f"{engine}, {len(bench.readers)} readers: {checks} checks of the original services; "
               f"{points} points by one simulator at {alone:.0f} requests/s; {options.simulators} "
               f"simulators at {rate:.0f} requests/s, {requests} in all; score {drive.score} as "
               f"the kernel's; {kills} kills, nothing lost; again at {beside:.0f} requests/s "
               f"through {switching.steps} promotions and rollbacks")
    if engine == "embedded":
        expect(rate >= options.at_least, f"fewer than {options.at_least} requests/s: {figures}")
    return figures


def main() -> None:
    parser = engine_arguments(__doc__)
    parser.add_argument("--points", type=int, default=2_000, help="points of a simulator's trip")
    parser.add_argument("--kafka-points", type=int, default=500, help="the same on Kafka")
    parser.add_argument("--readers", type=int, default=3, help="on Kafka")
    parser.add_argument("--simulators", type=int, default=16)
    parser.add_argument("--at-least", type=float, default=0,
                        help="requests a second that simulators must reach together, embedded")
    run_engines("mydriving", parser.parse_args(), prove)


if __name__ == "__main__":
    main()
