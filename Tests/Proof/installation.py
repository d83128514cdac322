"""One `tacho up` on a data directory of its own: started, killed, stopped, asked."""

import argparse
import atexit
import base64
import contextlib
import ctypes
import http.client
import json
import mmap
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE_BYTES = 4096
START_SECONDS = 60
STOP_SECONDS = 30


class Failure(Exception):
    """What was to be proven does not hold."""


class Access:
    """One key for all that a proof starts, as processes of an installation have one; and the token
    that its requests carry."""

    TTL = "30d"

    def __init__(self) -> None:
        directory = tempfile.mkdtemp(prefix="tacho-key-")
        atexit.register(shutil.rmtree, directory, ignore_errors=True)
        self.key = pathlib.Path(directory) / "key.pem"
        # PKCS #8 of an Ed25519 key, as `openssl genpkey -algorithm ed25519` writes it.
        der = bytes.fromhex("302e020100300506032b657004220420") + os.urandom(32)
        text = base64.b64encode(der).decode()
        self.key.touch(0o600)
        self.key.write_text(f"-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n")
        os.environ["TACHO_KEY_FILE"] = str(self.key)
        self.tacho = str(ROOT / ".build/debug/tacho")
        self._tokens: dict[tuple[str, str], str] = {}

    def token(self, role: str = "service", user: str = "proof") -> str:
        """A token of a role, made once."""
        if (role, user) not in self._tokens:
            self._tokens[role, user] = subprocess.run(
                [self.tacho, "token", "--user", user, "--role", role, "--ttl", self.TTL],
                check=True, capture_output=True, text=True).stdout.strip()
        return self._tokens[role, user]

    def fields(self, path: str = "/") -> dict:
        """What a service's request carries, or an operator's for what only they may see."""
        role = "operator" if path.partition("?")[0] == "/metrics" else "service"
        return {"Authorization": f"Bearer {self.token(role)}"}


ACCESS = Access()


class Answer:
    """What the server said."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    def json(self) -> dict:
        return json.loads(self.body)


class Installation:
    def __init__(self, tacho: str, directory: pathlib.Path, options: Sequence[str] = ()) -> None:
        self.tacho = str(pathlib.Path(tacho).resolve())
        ACCESS.tacho = self.tacho
        self.directory = directory
        self.data = directory / "data"
        self.output = directory / "output.txt"
        self.options = list(options)
        self.port = free_port()
        self.process: subprocess.Popen | None = None
        directory.mkdir(parents=True, exist_ok=True)
        self._recorder = directory / "flight-recorder"
        if not self._recorder.exists():
            self._recorder.write_bytes(bytes(PAGE_BYTES))
        with open(self._recorder, "r+b") as file:
            self.page = mmap.mmap(file.fileno(), PAGE_BYTES)

    def command(self) -> list[str]:
        return [self.tacho, "up", "--data", str(self.data), "--port", str(self.port),
                "--flight-recorder", str(self._recorder), *self.options]

    def start(self, wrapper: Sequence[str] = (), environment: dict | None = None) -> float:
        """Starts the program and returns after how many seconds it was ready."""
        self.page[0:2] = b"\0\0"
        began = time.monotonic()
        with open(self.output, "ab") as output:
            self.process = subprocess.Popen(
                [*wrapper, *self.command()], stdout=output, stderr=output,
                stdin=subprocess.DEVNULL, env={**os.environ, **(environment or {})},
                preexec_fn=die_with_parent)
        while not self.is_ready():
            if self.process.poll() is not None:
                raise Failure(f"tacho up ended with {self.process.returncode}: {self.tail()}")
            if time.monotonic() > began + START_SECONDS:
                raise Failure(f"not ready within {START_SECONDS} s: {self.tail()}")
            time.sleep(0.02)
        return time.monotonic() - began

    def is_ready(self) -> bool:
        try:
            return self.get("/readyz", timeout=2).status == 200
        except (OSError, http.client.HTTPException):
            return False

    def kill(self) -> None:
        """Ends the program as a crash does."""
        if self.process is None:
            return
        self.process.kill()
        self.process.wait()
        self.process = None

    def stop(self) -> int:
        """Ends the program as an operator does; returns its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failure(f"still there {STOP_SECONDS} s after SIGTERM") from None
        self.process = None
        return code

    def request(self, method: str, path: str, body: bytes | None = None,
                headers: dict | None = None, timeout: float = 30) -> Answer:
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        with contextlib.closing(connection):
            connection.request(method, path, body,
                               ACCESS.fields(path) | (headers or {}))
            return Answer(connection.getresponse())

    def get(self, path: str, headers: dict | None = None, timeout: float = 30) -> Answer:
        return self.request("GET", path, None, headers, timeout)

    def post_points(self, trip: str, points: list[dict], timeout: float = 30) -> Answer:
        body = json.dumps({"points": points}).encode()
        return self.request("POST", f"/v1/trips/{trip}/points", body,
                            {"Content-Type": "application/json"}, timeout)

    def get_after(self, path: str, position: str, seconds: float = 60) -> Answer:
        """Waits until the read model has reached a position; a 503 is asked again."""
        deadline = time.monotonic() + seconds
        while True:
            answer = self.get(path, {"Tacho-Read-After": position})
            if answer.status != 503 or time.monotonic() > deadline:
                return answer

    def tail(self, length: int = 2000) -> str:
        """The end of what the program printed."""
        if not self.output.exists():
            return ""
        return self.output.read_text(errors="replace")[-length:].strip()


def free_port() -> int:
    """A port below those that outgoing connections take, so that none of them takes it."""
    while True:
        port = random.SystemRandom().randrange(20000, 32000)
        with socket.socket() as probe:
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port


def die_with_parent() -> None:
    """Runs in a child: it is killed when the proof is."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def arguments(description: str) -> argparse.ArgumentParser:
    """The options that every proof has."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--tacho", default=str(ROOT / ".build/debug/tacho"), help="the program")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--work", default=str(ROOT / ".build/proof"),
                        help="where temporary data goes: a real disk, no tmpfs")
    parser.add_argument("--keep", action="store_true", help="keep the temporary data")
    return parser


@contextlib.contextmanager
def workspace(options: argparse.Namespace, name: str) -> Iterator[pathlib.Path]:
    """A directory of one run's own."""
    pathlib.Path(options.work).mkdir(parents=True, exist_ok=True)
    directory = pathlib.Path(tempfile.mkdtemp(prefix=f"{name}-", dir=options.work))
    try:
        yield directory
    finally:
        if options.keep:
            print(f"kept {directory}")
        else:
            shutil.rmtree(directory, ignore_errors=True)


def conclude(name: str, body) -> None:
    """Runs a proof and ends the program: 0 if it holds, 1 with the reason if not."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        figures = body()
    except Failure as failure:
        print(f"{name}: FAILED: {failure}", flush=True)
        sys.exit(1)
    except Exception as error:
        traceback.print_exc()
        print(f"{name}: FAILED: {error!r}", flush=True)
        sys.exit(1)
    print(f"{name}: passed: {figures}", flush=True)
