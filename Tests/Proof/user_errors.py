#!/usr/bin/env python3
"""What a user stumbles over is said clearly, with the right exit code, and nothing is harmed."""

import contextlib
import json
import os
import pathlib
import random
import shutil
import socket
import subprocess
import time

from drive import drive
from installation import ACCESS, Failure, Installation, arguments, conclude, free_port, workspace
from phones import START_MS, Fleet
from results import write_csv

SECONDS = 60


class Bench:
    def __init__(self, options, directory: pathlib.Path) -> None:
        self.tacho = str(pathlib.Path(options.tacho).resolve())
        self.seed = options.seed
        self.directory = directory
        self.cleanup = contextlib.ExitStack()

    def run(self, *words: str) -> subprocess.CompletedProcess:
        """The program with these words, to its end."""
        try:
            return subprocess.run([self.tacho, *words], capture_output=True, text=True,
                                  timeout=SECONDS, check=False, cwd=self.directory)
        except subprocess.TimeoutExpired:
            raise Failure(f"tacho {' '.join(words)} did not end within {SECONDS} s") from None

    def refused(self, code: int, *words: str, says: tuple[str, ...]) -> None:
        """It ends with this code and a short message that names these things."""
        run = self.run(*words)
        text = run.stderr + run.stdout
        command = f"tacho {' '.join(words)}"
        if run.returncode != code:
            raise Failure(f"{command} ended with {run.returncode} instead of {code}: {text[-500:]}")
        for word in says:
            if word.lower() not in text.lower():
                raise Failure(f"{command}: the message does not name “{word}”: {text[-500:]}")
        if not text.strip() or any(trace in text for trace in ("Fatal error", "Stack dump")):
            raise Failure(f"{command}: no clear message: {text[-500:]}")

    def installation(self, name: str) -> Installation:
        made = Installation(self.tacho, self.directory / name, ["--no-demo"])
        self.cleanup.callback(made.kill)
        return made


def taken_port(bench: Bench) -> None:
    with socket.socket() as holder:
        port = free_port()
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", port))
        holder.listen()
        bench.refused(1, "up", "--no-demo", "--data", "taken-port", "--port", str(port),
                      says=(str(port), "port"))


def second_up(bench: Bench) -> None:
    first = bench.installation("twice")
    first.start()
    began = time.monotonic()
    bench.refused(1, "up", "--no-demo", "--data", str(first.data), "--port", str(free_port()),
                  says=(str(first.data),))
    if time.monotonic() - began > 20:
        raise Failure("the second up took more than 20 s to say no")
    if not first.is_ready():
        raise Failure("the second up disturbed the first")
    stop(first)


def newer_layout(bench: Bench) -> None:
    made = bench.installation("newer")
    made.start()
    stop(made)
    layout = made.data / "layout"
    known = layout.read_text()
    layout.write_text("999\n")
    bench.refused(1, "up", "--no-demo", "--data", str(made.data), "--port", str(free_port()),
                  says=("999", "newer"))
    layout.write_text(known)
    made.start()
    stop(made)


def other_rules(bench: Bench) -> None:
    made = bench.installation("rules")
    made.start()
    stop(made)
    bench.refused(1, "up", "--no-demo", "--data", str(made.data), "--port", str(free_port()),
                  "--rules", "strict", says=("strict", "default"))
    bench.refused(1, "up", "--no-demo", "--data", "no-rules", "--port", str(free_port()),
                  "--rules", "no-such-rules", says=("no-such-rules", "strict"))
    made.start()
    stop(made)


def rules_files(bench: Bench) -> None:
    shown = bench.run("rules", "show", "default").stdout
    fleet = bench.directory / "fleet.yaml"
    fleet.write_text(shown.replace("name: default", "name: fleet"))
    if bench.run("rules", "check", "fleet.yaml").returncode != 0:
        raise Failure("a file of rules that was shown is not right")
    (bench.directory / "taken.yaml").write_text(shown.replace("Percent: 83", "Percent: 84"))
    bench.refused(1, "rules", "check", "taken.yaml", says=("taken.yaml:", "default", "ship"))
    (bench.directory / "odd.yaml").write_text(fleet.read_text().replace("releaseP", "relaseP"))
    for words in (("rules", "check", "odd.yaml"), ("score", "x.csv", "--rules", "odd.yaml"),
                  ("up", "--no-demo", "--data", "odd-rules", "--rules", "./odd.yaml")):
        bench.refused(1, *words, says=("odd.yaml:", "relasePercent", "releasePercent"))
    bench.refused(1, "score", "x.csv", "--rules", "nowhere/r.yaml", says=("nowhere/r.yaml",))
    made = Installation(bench.tacho, bench.directory / "fleet",
                        ["--no-demo", "--rules", str(fleet)])
    bench.cleanup.callback(made.kill)
    made.start()
    stop(made)
    fleet.write_text(fleet.read_text().replace("Percent: 83", "Percent: 84"))
    bench.refused(1, "up", "--no-demo", "--data", str(made.data), "--port", str(free_port()),
                  "--rules", str(fleet), says=("fleet", "release"))
    fleet.unlink()
    without = Installation(bench.tacho, made.data.parent, ["--no-demo"])
    bench.cleanup.callback(without.kill)
    without.start()
    stop(without)


def usage(bench: Bench) -> None:
    bench.refused(2, "up", "--no-such-option", says=("--no-such-option",))
    bench.refused(2, "no-such-command", says=("no-such-command",))
    bench.refused(2, "up", "--port", "many", says=("many",))
    bench.refused(2, "up", "--no-demo", "--data", "port", "--port", "70000", says=("70000",))
    bench.refused(2, "import", says=("usage",))
    if bench.run("--help").returncode != 0:
        raise Failure("--help does not end with 0")


def data_directory(bench: Bench) -> None:
    (bench.directory / "a-file").write_text("not a directory\n")
    bench.refused(1, "up", "--no-demo", "--data", "a-file", "--port", str(free_port()),
                  says=("a-file",))
    foreign = bench.directory / "foreign"
    foreign.mkdir()
    (foreign / "log.sqlite").write_bytes(b"certainly no database " * 500)
    bench.refused(1, "up", "--no-demo", "--data", "foreign", "--port", str(free_port()),
                  says=("log.sqlite",))
    if (foreign / "log.sqlite").read_bytes() != b"certainly no database " * 500:
        raise Failure("a file that is not ours was changed")


def who_may(bench: Bench) -> None:
    shared = os.environ.pop("TACHO_KEY_FILE")
    try:
        made = bench.installation("who-may")
        made.start()
        key = made.data / "key.pem"
        if key.stat().st_mode & 0o777 != 0o600:
            raise Failure(f"the key has mode {key.stat().st_mode & 0o777:o}")
        url = f"http://127.0.0.1:{made.port}"
        trip = bench.directory / "who-may.csv"
        trip.write_text("timestamp,latitude,longitude\n2026-01-01T00:00:00Z,47.6,-122.1\n")
        user = ("token", "--user", "ann", "--role")
        own = ("--data", str(made.data))
        bench.refused(1, "import", str(trip), "--url", url, "--data", "nowhere",
                      says=("401", "--token", "--data", "tacho token"))
        bench.refused(1, "import", str(trip), "--url", url, "--token", "no.token.this",
                      says=("401", "--token"))
        if bench.run("import", str(trip), "--url", url, *own).returncode != 0:
            raise Failure("an import where the key is ended otherwise than well")
        bench.refused(2, *user, "boss", *own, says=("driver, service, operator",))
        bench.refused(2, *user, "driver", *own, "--ttl", "long", says=("--ttl", "12h"))
        bench.refused(1, *user, "driver", "--data", "nowhere", says=("nowhere", "tacho up"))
        bench.refused(1, *user, "driver", "--key", "no.pem", says=("no.pem", "--key"))
        key.chmod(0o644)
        bench.refused(1, *user, "driver", *own, says=("chmod 600", "644"))
        stop(made)
        up = ("up", "--no-demo", "--port", str(free_port()), *own)
        bench.refused(1, *up, says=("chmod 600",))
        key.chmod(0o600)
        bench.refused(2, *up, "--jwks", "keys.json", says=("--issuer", "--audience"))
        bench.refused(2, *up, "--jwks", "ftp://a/b", "--issuer", "i", "--audience", "a",
                      says=("ftp://a/b", "https"))
    finally:
        os.environ["TACHO_KEY_FILE"] = shared


def stop_under_load(bench: Bench) -> None:
    made = bench.installation("load")
    made.start()
    fleet = Fleet(made.port, bench.seed, 8, 0.02, bench.directory / "load-ledger.json")
    bench.cleanup.callback(fleet.stop)
    for _ in range(3):
        # Somebody listens to what goes on, and never hangs up.
        listener = socket.create_connection(("127.0.0.1", made.port), timeout=5)
        bench.cleanup.callback(listener.close)
        token = ACCESS.fields()["Authorization"].encode()
        listener.sendall(b"GET /v1/live HTTP/1.1\r\nHost: localhost\r\nAuthorization: " + token
                         + b"\r\n\r\n")
        time.sleep(1.5)
        began = time.monotonic()
        code = made.stop()
        if code != 0:
            raise Failure(f"SIGTERM under load ended it with {code}: {made.tail(500)}")
        if time.monotonic() - began > 15:
            raise Failure(f"SIGTERM under load took {time.monotonic() - began:.0f} s")
        made.start()
    fleet.stop()
    stop(made)


def status(bench: Bench) -> None:
    made = bench.installation("status")
    made.start()
    points = drive(random.Random(bench.seed), 60, START_MS)
    answer = made.post_points("seen", [point.upload() for point in points])
    made.get_after("/v1/trips/seen", answer.headers["Tacho-Position"])
    for is_up in (True, False):
        told = told_status(bench, made, groups=["scorer.v1", "reader.v1.reader", "cutter"])
        for field in ("liveVersion", "rules", "groups", "deadLetters", "disk"):
            if field not in told:
                raise Failure(f"status --json has no {field}: {sorted(told)}")
        states = [group.get("lagState") for group in told["groups"]]
        if states != ["OK"] * 3 or told["deadLetters"] != 0 or told["diskBytes"] <= 0:
            raise Failure(f"status --json after all is scored: {str(told)[:500]}")
        members = [member["name"] for member in told["groups"][0]["members"]]
        if members != (["up"] if is_up else []):
            raise Failure(f"members of the scorers' group (up: {is_up}): {members}")
        if is_up:
            stop(made)
    bench.refused(1, "status", "--data", "nowhere", says=("nowhere",))
    if (bench.directory / "nowhere").exists():
        raise Failure("status made a data directory")


def topics(bench: Bench) -> None:
    made = bench.installation("topics")
    files = bench.directory / "topic-files"
    shutil.copytree(pathlib.Path(__file__).parents[2] / "topics", files)
    common = ("--data", str(made.data), "--topics", str(files))
    bench.refused(1, "topics", "plan", *common, says=("no data", str(made.data)))
    made.start()
    # A running server's topics are looked at and changed beside it.
    if bench.run("topics", "check", *common).returncode != 0:
        raise Failure(f"a new log is not as its files say: {bench.run('topics', 'check', *common)}")
    uploads = files / "trip-uploads.yaml"
    text = uploads.read_text()
    uploads.write_text(text.replace("retention.ms: -1", "retention.ms: 604800000"))
    bench.refused(3, "topics", "check", *common,
                  says=("-   retention.ms: -1", "cannot be replayed"))
    allow = ("--allow", "trip-uploads/retention.ms")
    bench.refused(1, "topics", "apply", "--execute", *common, says=(" ".join(allow), "refused"))
    bench.refused(0, "topics", "apply", *common, *allow, says=("nothing was changed",))
    bench.refused(3, "topics", "check", *common, says=("retention.ms",))
    for _ in range(2):
        bench.refused(0, "topics", "apply", "--execute", *common, *allow,
                      says=("every topic is as described",))
    told = json.loads(bench.run("topics", "plan", "--json", *common).stdout)
    if not told["plan"]["isAsDescribed"] or told["versions"] != [1]:
        raise Failure(f"topics plan --json after apply: {str(told)[:500]}")
    bench.refused(1, "topics", "plan", *common, "--cluster-id", "north", says=("north",))
    bench.refused(1, "topics", "apply", "--execute", *common, "--partitions", "8",
                  says=("partitions never become fewer", "--partitions"))
    bench.refused(2, "topics", "plan", *common, "--allow", "retention.ms", says=("TOPIC/SETTING",))
    uploads.write_text(text.replace("partitions: 64", "partition: 64"))
    bench.refused(1, "topics", "check", *common, says=("trip-uploads.yaml:8", "\"partition\""))
    bench.refused(1, "topics", "check", "--data", str(made.data), "--topics", "no-folder",
                  says=("no-folder",))
    stop(made)


def told_status(bench: Bench, made: Installation, groups: list[str]) -> dict:
    """What status says once these groups have consumed everything; a reader tells late."""
    deadline = time.monotonic() + SECONDS
    while True:
        run = bench.run("status", "--data", str(made.data), "--json")
        if run.returncode != 0:
            raise Failure(f"status ended with {run.returncode}: {run.stderr[-300:]}")
        told = json.loads(run.stdout)
        lags = {group["name"]: (group["lagRecords"], group["lagSeconds"])
                for group in told["groups"]}
        if lags == {name: (0, 0) for name in groups}:
            return told
        if time.monotonic() > deadline:
            raise Failure(f"the groups did not catch up: {lags}")
        time.sleep(0.1)


def import_twice(bench: Bench) -> None:
    made = bench.installation("import")
    made.start()
    path = bench.directory / "trip.csv"
    trip = {"id": "imported", "points": set(drive(random.Random(bench.seed), 200, START_MS))}
    write_csv(path, [trip], numbered=True)
    tags = []
    for _ in range(2):
        run = bench.run("import", str(path), "--url", f"http://127.0.0.1:{made.port}")
        if run.returncode != 0:
            raise Failure(f"import ended with {run.returncode}: {run.stderr[-500:]}")
        name = run.stdout.split()[-1]
        listed = wait_complete(made, name)
        tags.append((name, listed.headers["ETag"], listed.body))
    if tags[0] != tags[1]:
        raise Failure(f"importing again changed {tags[0][:2]} to {tags[1][:2]}")
    url = ("--url", f"http://127.0.0.1:{made.port}")
    stop(made)
    bench.refused(1, "import", str(path), *url, says=(str(made.port),))


def wait_complete(made: Installation, trip: str):
    deadline = time.monotonic() + SECONDS
    while True:
        answer = made.get(f"/v1/trips/{trip}")
        if answer.status == 200 and answer.json()["status"] == "complete":
            return answer
        if time.monotonic() > deadline:
            raise Failure(f"the imported trip {trip} did not become complete: {answer.status}")
        time.sleep(0.1)


def bad_files(bench: Bench) -> None:
    files = {
        "empty.csv": b"", "garbage.csv": random.Random(bench.seed).randbytes(5_000),
        "header.csv": b"trip,timestamp,latitude,longitude\n",
        "columns.csv": b"a,b,c\n1,2,3\n", "garbage.json": b'{"Points": [',
        "garbage.gpx": b"<gpx><trk>", "unknown.bin": bytes(100),
    }
    for name, content in files.items():
        (bench.directory / name).write_bytes(content)
        bench.refused(1, "score", name, says=(name,))
    bench.refused(1, "score", "missing.csv", says=("missing.csv",))
    (bench.directory / "folder.csv").mkdir()
    bench.refused(1, "score", "folder.csv", says=("folder.csv",))
    if os.geteuid() != 0:
        shutil.copy(bench.directory / "header.csv", bench.directory / "locked.csv")
        (bench.directory / "locked.csv").chmod(0)
        bench.refused(1, "score", "locked.csv", says=("locked.csv",))


def stop(made: Installation) -> None:
    code = made.stop()
    if code != 0:
        raise Failure(f"SIGTERM ended it with {code}: {made.tail(500)}")


CHECKS = [usage, taken_port, data_directory, second_up, newer_layout, other_rules, rules_files,
          status, topics, import_twice, bad_files, who_may, stop_under_load]


def prove(options, directory: pathlib.Path) -> str:
    bench = Bench(options, directory)
    failures = []
    with bench.cleanup:
        for check in CHECKS:
            if options.only and check.__name__ not in options.only.split(","):
                continue
            try:
                check(bench)
                print(f"user_errors: {check.__name__}: ok", flush=True)
            except Failure as failure:
                failures.append(f"{check.__name__}: {failure}")
                print(f"user_errors: {check.__name__}: {failure}", flush=True)
    if failures:
        raise Failure(f"{len(failures)} of {len(CHECKS)}: " + "; ".join(failures))
    return f"{len(CHECKS)} stumbling blocks"


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--only", help="names of checks, comma separated")
    options = parser.parse_args()
    print(f"user_errors: seed {options.seed}", flush=True)
    with workspace(options, "errors") as directory:
        conclude("user_errors", lambda: prove(options, directory))


if __name__ == "__main__":
    main()
