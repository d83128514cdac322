#!/usr/bin/env python3
"""Asks every route what its document allows and forbids: no 5xx, nothing that the document does not say.

The document is checked first: it must be OpenAPI 3.1, and the served one that of the repository.
Then schemathesis makes cases of every operation, good and bad; the answer's status, media type,
fields and body must be as the document says. Live streams are asked by hand, as they do not end.
"""

import contextlib
import http.client
import json
import math
import os
import pathlib
import random
import re
import subprocess
import sys

from openapi_spec_validator import OpenAPIV31SpecValidator

from installation import ACCESS, ROOT, Failure, Installation, arguments, conclude, workspace

CHECKS = ["not_a_server_error", "status_code_conformance", "content_type_conformance",
          "response_schema_conformance", "response_headers_conformance"]
# They do not end; see `streams`.
STREAMS = "/live$"
# Operations without parameters have few cases: so many times more are asked of the others.
SPARE = 1.6
# Each asks its share of the cases.
ROLES = ["service", "operator"]
HERE = pathlib.Path(__file__).resolve().parent
START_MS = 1_760_000_000_000


def check_document(installation: Installation) -> dict:
    document = json.loads((ROOT / "docs/openapi.json").read_text())
    faults = [f"{'/'.join(map(str, fault.path))}: {fault.message}"
              for fault in OpenAPIV31SpecValidator(document).iter_errors()]
    if faults:
        raise Failure(f"no OpenAPI 3.1: {faults[:3]}")
    served = installation.get("/openapi.json")
    if served.status != 200 or served.json() != document:
        raise Failure("/openapi.json is not docs/openapi.json: run docs/embed")
    return document


def drive(installation: Installation, rng: random.Random) -> str:
    """Something to find, a trip that examples of the document name; returns its position."""
    points = [{"time": START_MS + 1000 * second, "latitude": 47.64 + second * 1e-4,
               "longitude": -122.13, "speedMps": 11 + rng.random()} for second in range(120)]
    answer = installation.post_points("tour", points)
    if answer.status != 202:
        raise Failure(f"the drive was answered {answer.status}: {answer.body[:300]!r}")
    found = installation.get_after("/v1/trips/tour", answer.headers["Tacho-Position"])
    if found.status != 200:
        raise Failure(f"the drive is not there: {found.status}")
    return answer.headers["Tacho-Position"]


def run_cases(options, installation: Installation, document: dict,
              directory: pathlib.Path, position: str, role: str) -> int:
    operations = sum(len(item) for path, item in document["paths"].items()
                     if not re.search(STREAMS, path))
    report = directory / "report.ndjson"
    command = [
        str(pathlib.Path(sys.executable).parent / "st"), "run",
        str(ROOT / "docs/openapi.json"), "--url", f"http://127.0.0.1:{installation.port}",
        "--checks", ",".join(CHECKS), "--exclude-path-regex", STREAMS,
        "--max-examples", str(math.ceil(SPARE * options.cases / operations / len(ROLES))),
        # Two workers would parse Python at a time, which Python 3.11 counts wrong and breaks off.
        "--phases", options.phases, "--seed", str(options.seed), "--workers", "1",
        "--request-timeout", "20", "--suppress-health-check", "all", "--no-shrink",
        "--continue-on-failure", "--generation-database", "none", "--warnings", "off",
        "--report", "ndjson", "--report-ndjson-path", str(report), "--no-color",
        *header_options(role)]
    environment = {**os.environ, "TACHO_POSITION": position, "PYTHONPATH": str(HERE),
                   "SCHEMATHESIS_HOOKS": "api_hooks"}
    with open(directory / "cases.txt", "w") as output:
        code = subprocess.run(command, stdout=output, stderr=output, cwd=directory,
                              env=environment, timeout=options.seconds, check=False).returncode
    text = (directory / "cases.txt").read_text(errors="replace")
    if code != 0:
        start = text.find("= FAILURES =")
        raise Failure(f"schemathesis ended with {code}:\n{text[max(0, start):][:options.show]}")
    found = re.search(r"(\d[\d,]*) generated", text)
    if not found:
        raise Failure(f"did not test: no cases in {text[-500:]}")
    return int(found.group(1).replace(",", ""))


def header_options(role: str) -> list[str]:
    """A service asks, or an operator: what one of them may not is refused as the document says."""
    return ["--header", f"Authorization: Bearer {ACCESS.token(role)}"]


def streams(installation: Installation) -> int:
    """Live streams, good and bad, each for its head and first bytes."""
    asked = 0
    for path, fields, status in [
            ("/v1/live", {}, 200), ("/v1/trips/tour/live", {}, 200),
            ("/v1/live", {"Last-Event-ID": "trip-uploads/0@0"}, 200),
            ("/v1/live", {"Last-Event-ID": "x"}, 400), ("/v1/live", {"Tacho-Version": "x"}, 400),
            ("/v1/live", {"Tacho-Version": "77"}, 404), ("/v1/trips/nobody/live", {}, 404),
            ("/v1/trips/%00/live", {}, 404)]:
        connection = http.client.HTTPConnection("127.0.0.1", installation.port, timeout=20)
        with contextlib.closing(connection):
            connection.request("GET", path, None, {**ACCESS.fields(path), **fields})
            response = connection.getresponse()
            kind = response.headers["Content-Type"] or ""
            wanted = "text/event-stream" if status == 200 else "application/problem+json"
            if response.status != status or not kind.startswith(wanted):
                raise Failure(f"{path} {fields}: {response.status} {kind}")
            if status == 200 and not response.read(13).startswith(b"retry: 2000"):
                raise Failure(f"{path} does not begin as a stream")
            asked += 1
    return asked


def prove(options, directory: pathlib.Path) -> str:
    installation = Installation(options.tacho, directory, ["--no-demo"])
    installation.start()
    try:
        document = check_document(installation)
        position = drive(installation, random.Random(options.seed))
        asked = streams(installation)
        cases = sum(
            run_cases(options, installation, document, directory, position, role)
            for role in ROLES)
        if cases < options.cases:
            raise Failure(f"did not test: {cases} cases of {options.cases}")
        if installation.get("/readyz").status != 200:
            raise Failure("it is not ready afterwards")
        if installation.stop() != 0:
            raise Failure("SIGTERM did not end it with 0")
    finally:
        installation.kill()
    operations = sum(len(item) for item in document["paths"].values())
    return (f"{cases} cases and {asked} streams over {operations} operations, no 5xx, nothing "
            f"that the document does not say")


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--cases", type=int, default=10_000, help="cases over all operations")
    parser.add_argument("--phases", default="examples,coverage,fuzzing")
    parser.add_argument("--seconds", type=float, default=1800, help="longest time for the cases")
    parser.add_argument("--show", type=int, default=6000, help="characters of failures to print")
    options = parser.parse_args()
    print(f"api_cases: seed {options.seed}", flush=True)
    with workspace(options, "api") as directory:
        conclude("api_cases", lambda: prove(options, directory))


if __name__ == "__main__":
    main()
