"""A Kafka cluster for proofs, and the roles of one installation on it as processes of their own.

`TACHO_TEST_BROKERS` names a cluster that is there; else a broker is started. Run by the Python of
.build/noida, which has a Kafka client.
"""

import os
import pathlib
import random
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence

import confluent_kafka
from confluent_kafka import admin

from installation import ROOT, Failure, Installation, die_with_parent, free_port
from logfile import Record

BROKER = ROOT / "Tests/noida/broker.py"
MOCK = ROOT / ".build/debug/mock-cluster"
START_SECONDS = 30
PARTITIONS = 8


class Cluster:
    """One cluster, and this proof's prefix on it."""

    def __init__(self, directory: pathlib.Path) -> None:
        self.directory = directory
        self.prefix = f"proof-{random.SystemRandom().randrange(1 << 40):x}."
        self.foreign = os.environ.get("TACHO_TEST_BROKERS", "")
        self.port = free_port()
        self.address = self.foreign or f"127.0.0.1:{self.port}"
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        """Starts the broker where there is no cluster, and waits until it answers."""
        if not self.foreign:
            data = self.directory / "broker"
            data.mkdir(parents=True, exist_ok=True)
            with open(self.directory / "broker.txt", "ab") as output:
                self.process = subprocess.Popen(
                    ["python3", str(BROKER), "--port", str(self.port), "--data-dir", str(data)],
                    stdout=output, stderr=output, stdin=subprocess.DEVNULL,
                    preexec_fn=die_with_parent)
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self.administration().list_topics(timeout=1)
                return
            except confluent_kafka.KafkaException as error:
                if time.monotonic() > deadline:
                    raise Failure(f"no cluster at {self.address}: {error}") from None

    def stop(self) -> None:
        """Stops a broker of our own as an operator does; cleans up on a foreign one."""
        if self.process is None:
            self.clean()
            return
        self.process.send_signal(signal.SIGCONT)
        self.process.terminate()
        try:
            self.process.wait(START_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def clean(self) -> None:
        """Deletes what stands under the prefix on a cluster that is not ours."""
        if not self.foreign:
            return
        client = self.administration()
        topics = [name for name in client.list_topics(timeout=10).topics
                  if name.startswith(self.prefix)]
        groups = [group.group_id for group in client.list_consumer_groups().result().valid
                  if group.group_id.startswith(self.prefix)]
        for delete, names in ((client.delete_topics, topics),
                              (client.delete_consumer_groups, groups)):
            for deleted in (delete(names) if names else {}).values():
                deleted.result(timeout=10)

    def cut(self) -> None:
        """Connections end and none is taken."""
        assert self.process is not None
        self.process.send_signal(signal.SIGUSR1)

    def mend(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGUSR2)

    def pause(self) -> None:
        """The broker keeps its connections and answers nothing."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def options(self) -> list[str]:
        return ["--kafka", self.address, "--kafka-prefix", self.prefix]

    def administration(self) -> admin.AdminClient:
        return admin.AdminClient({"bootstrap.servers": self.address})

    def records(self, topic: str, isolation: str = "read_committed") -> Iterator[Record]:
        """Every record of a topic as it is now, partition by partition in offset order."""
        consumer = confluent_kafka.Consumer({
            "bootstrap.servers": self.address, "group.id": self.prefix + "proof",
            "isolation.level": isolation, "enable.auto.commit": False,
            "enable.partition.eof": True, "auto.offset.reset": "error",
            # The end of a partition is told by a fetch that brings nothing.
            "fetch.wait.max.ms": 10})
        name = self.prefix + topic
        try:
            known = consumer.list_topics(name, timeout=10).topics[name].partitions
            for partition in sorted(known):
                yield from self._partition(consumer, name, partition)
        finally:
            consumer.close()

    @staticmethod
    def _partition(consumer, name: str, partition: int) -> Iterator[Record]:
        source = confluent_kafka.TopicPartition(name, partition)
        low, high = consumer.get_watermark_offsets(source, timeout=10)
        if low == high:
            return
        consumer.assign([confluent_kafka.TopicPartition(name, partition, low)])
        deadline = time.monotonic() + 60
        while True:
            message = consumer.poll(1)
            if message is None:
                if time.monotonic() > deadline:
                    raise Failure(f"{name}/{partition} is not read to its end {high}")
                continue
            if message.error():
                if message.error().code() == confluent_kafka.KafkaError._PARTITION_EOF:
                    return
                raise Failure(f"{name}/{partition}: {message.error()}")
            yield Record(partition, message.offset(), message.key() or b"", message.value(),
                         dict(message.headers() or []), message.timestamp()[1])


class Mock(Cluster):
    """librdkafka's cluster in memory, on which partitions of a dead member move.

    It does not hide aborted records, so that at least once is all that can be promised on it.
    """

    TOPICS = {"releases": 1, "readers": 1, "users": 1, **{topic: PARTITIONS for topic in (
        "trip-uploads", "device-points", "device-trips", "trip-scores.v1", "pois.v1",
        "dead-letters.v1")}}

    def start(self) -> None:
        topics = [f"{self.prefix}{name}={count}" for name, count in self.TOPICS.items()]
        self.process = subprocess.Popen(
            [str(MOCK), *topics], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            preexec_fn=die_with_parent)
        self.address = self.process.stdout.readline().strip()

    def stop(self) -> None:
        if self.process is not None:
            self.process.stdin.close()
            self.process.wait(START_SECONDS)
        self.process = None

    def order(self, line: str) -> None:
        """Does what mock-cluster's input can say."""
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        if answer != "done":
            raise Failure(f"mock-cluster answered {answer!r} to {line!r}")

    def options(self) -> list[str]:
        # It waits for members that ended until their sessions do, also for static ones.
        return [*super().options(), "--delivery", "at-least-once",
                "--kafka-property", "session.timeout.ms=6000"]


class Role(Installation):
    """One role in a process of its own."""

    def __init__(self, tacho: str, directory: pathlib.Path, role: str, cluster: Cluster,
                 options: Sequence[str] = ()) -> None:
        super().__init__(tacho, directory, options)
        self.role = role
        self.cluster = cluster

    def command(self) -> list[str]:
        words = [self.tacho, self.role, "--data", str(self.data), *self.cluster.options(),
                 "--partitions", str(PARTITIONS)]
        words += ["--metrics-port" if self.role == "scorer" else "--port", str(self.port)]
        if self.role != "gateway":
            words += ["--flight-recorder", str(self._recorder)]
        return words + self.options

    def metric(self, name: str) -> float:
        """The sum of a metric over its labels."""
        lines = self.get("/metrics").body.decode().splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines
                   if line.startswith((name + "{", name + " ")))
