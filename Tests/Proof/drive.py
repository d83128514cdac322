"""Trips as phones would record them, from a seed."""

import math
import random
from typing import NamedTuple

METERS_PER_DEGREE = 111_320.0


class Point(NamedTuple):
    """A reading in the units of the wire, so that no rounding comes between two views of it."""

    sequence: int | None
    time_ms: int
    latitude_e7: int
    longitude_e7: int
    speed_m_per_h: int | None

    def upload(self) -> dict:
        """As a phone sends it."""
        point = {"time": self.time_ms, "latitude": self.latitude_e7 / 1e7,
                 "longitude": self.longitude_e7 / 1e7}
        if self.sequence is not None:
            point["sequence"] = self.sequence
        if self.speed_m_per_h is not None:
            point["speedMps"] = round(self.speed_m_per_h / 3600, 2)
        return point


def drive(rng: random.Random, count: int, start_ms: int, numbered: bool = True) -> list[Point]:
    """A drive of so many readings, about one a second, with hard manoeuvres and without gaps."""
    latitude = rng.uniform(-60, 60)
    longitude = rng.uniform(-179, 179)
    heading = rng.uniform(0, 2 * math.pi)
    speed = rng.uniform(0, 15)
    has_speed = rng.random() < 0.8
    time_ms = start_ms
    points = []
    pull = 0.0
    for index in range(count):
        if index % 6 == 0:
            pull = rng.choice([-6.0, -3.2, -1.0, 0.0, 0.5, 1.0, 2.8, 4.0])
        speed = min(35.0, max(0.0, speed + pull))
        heading += rng.uniform(-0.05, 0.05)
        latitude += speed * math.cos(heading) / METERS_PER_DEGREE
        longitude += (speed * math.sin(heading)
                      / (METERS_PER_DEGREE * math.cos(math.radians(latitude))))
        points.append(Point(
            sequence=index if numbered else None, time_ms=time_ms,
            latitude_e7=round(latitude * 1e7), longitude_e7=round(longitude * 1e7),
            speed_m_per_h=36 * round(speed * 100) if has_speed else None))
        time_ms += 1000 + rng.randrange(-20, 21)
    return points
