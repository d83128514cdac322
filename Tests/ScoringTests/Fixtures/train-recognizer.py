#!/usr/bin/env python3
"""Fits the weights of Recognizer.swift to the even drives of the two fixtures (needs numpy).

usage: train-recognizer.py hardBrake|hardAcceleration [SEEDS] > weights, to be pasted into
BrakeWeights.swift or AccelerationWeights.swift. The odd drives are only reported, never fitted to.
"""
import csv, datetime, gzip, math, os, sys
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
LIMITS = {'hardBrake': (-1, 3.0), 'hardAcceleration': (1, 2.5)}
BEFORE, AFTER, WIDTH = 8, 6, 16
KIND = sys.argv[1]
SEEDS = int(sys.argv[2]) if len(sys.argv) > 2 else 3
SIGN, LIMIT = LIMITS[KIND]


def read(file):
    drives = {}
    for row in csv.DictReader(gzip.open(os.path.join(HERE, file), 'rt')):
        drives.setdefault(row['trip'], []).append(row)
    result = []
    for rows in drives.values():
        time = [datetime.datetime.fromisoformat(r['timestamp'].replace('Z', '+00:00')).timestamp() for r in rows]
        latitude, longitude, acceleration = (np.array([float(r[k]) for r in rows]) for k in ('latitude', 'longitude', 'true_acceleration_mps2'))
        meters = 6371008.8 * math.pi / 180
        result.append({
            't': np.array(time) - time[0], 'a': acceleration,
            'x': (longitude - longitude[0]) * meters * math.cos(math.radians(latitude[0])),
            'y': (latitude - latitude[0]) * meters,
            'truth': truth(np.array(time) - time[0], acceleration)})
    return result


def truth(time, acceleration):
    """Runs at or above 0.83 of the limit whose peak reaches 0.9 of it: (start, end, peak)."""
    events, start = [], None
    for t, x in zip(list(time) + [0], list(SIGN * acceleration / LIMIT) + [0]):
        if x >= 0.83:
            start, peak = (t - 1, x) if start is None else (start, max(peak, x))
            last = t
        elif start is not None:
            if peak >= 0.9:
                events.append((start, last, peak))
            start = None
    return events


def noise(n, sigma, random):
    """Position noise in metres: correlated over 20 s, and a fifth of it not correlated at all."""
    phi = math.exp(-1 / 20)
    shocks, walk = random.normal(size=n) * sigma * math.sqrt(1 - phi * phi), np.empty(n)
    walk[0] = random.normal() * sigma
    for i in range(1, n):
        walk[i] = phi * walk[i - 1] + shocks[i]
    return walk + random.normal(size=n) * sigma * 0.207


def disturbed(drive, sigma, random, sparse=False):
    n = len(drive['t'])
    result = dict(drive, x=drive['x'] + noise(n, sigma, random), y=drive['y'] + noise(n, sigma, random))
    if sparse:  # every other position, as the grid would interpolate them
        n = (n - 1) // 2 * 2 + 1
        for k in ('x', 'y'):
            z = result[k][:n].copy()
            z[1::2] = (z[:-1:2] + z[2::2]) / 2
            result[k] = z
        result['t'] = drive['t'][:n]
    return result


def straightened(drive):
    """The drive on a straight road, for drives whose exact positions are not known."""
    v = np.concatenate([[0], np.cumsum(drive['a'][1:])])
    v -= v.min()
    x = np.concatenate([[0], np.cumsum((v[1:] + v[:-1]) / 2)])
    return dict(drive, x=x, y=np.zeros(len(x)))


def along(drive):
    """Speed along the way, as Stretch.swift finds it."""
    dx, dy = np.diff(drive['x']), np.diff(drive['y'])
    n, x, y = len(dx), dx.copy(), dy.copy()
    for reach in range(1, 5):
        short = x * x + y * y < 25.0 * 25.0
        for z, d in ((x, dx), (y, dy)):
            more = np.zeros(n)
            more[reach:] += d[:-reach]
            more[:-reach] += d[reach:]
            z[short] += more[short]
    return (dx * x + dy * y) / (np.hypot(x, y) + 1e-9)


def features(speed):
    n = len(speed)
    padded = np.concatenate([[speed[0]] * BEFORE, speed, [speed[-1]] * AFTER])
    window = np.stack([padded[i:i + n] for i in range(BEFORE + AFTER + 1)], 1)
    now = window[:, 7:10].mean(1, keepdims=True)
    return np.c_[(window - now) / 4, np.minimum(now, 25) / 10 - 1].astype(np.float32)


def moving(x):
    """Seconds around which the speed changes enough to ask the network."""
    return SIGN * (x[:, 9:12].sum(1) - x[:, 5:8].sum(1)) > 0.5


def labels(drive):
    t = drive['t'][1:]
    wanted, weight = np.zeros(len(t)), np.ones(len(t))
    for start, end, _ in drive['truth']:
        weight[(t > start - 1.5) & (t <= end + 2.5)] = 0
    for start, end, peak in drive['truth']:
        inside = (t > start) & (t <= end)
        wanted[inside], weight[inside] = (1, 1) if peak >= 1 else (0, 0)
    return wanted, weight


def forward(p, x):
    first = np.maximum(0, x @ p[0] + p[1])
    second = np.maximum(0, first @ p[2] + p[3])
    return first, second, second @ p[4] + p[5]


def fit(x, y, weight, seed, epochs=50, rate=3e-3, batch=2048):
    random = np.random.default_rng(seed)
    p = [random.normal(size=(17 - 1, WIDTH)) * math.sqrt(2 / 16), np.zeros(WIDTH),
         random.normal(size=(WIDTH, WIDTH)) * math.sqrt(2 / WIDTH), np.zeros(WIDTH),
         random.normal(size=WIDTH) * 0.3, np.zeros(1)]
    m, v, step = [z * 0 for z in p], [z * 0 for z in p], 0
    for epoch in range(epochs):
        order = random.permutation(len(y))
        for start in range(0, len(y), batch):
            i = order[start:start + batch]
            first, second, value = forward(p, x[i])
            error = (1 / (1 + np.exp(-value)) - y[i]) * weight[i] / len(i)
            back2 = np.outer(error, p[4]) * (second > 0)
            back1 = (back2 @ p[2].T) * (first > 0)
            gradient = [x[i].T @ back1, back1.sum(0), first.T @ back2, back2.sum(0), second.T @ error, np.array([error.sum()])]
            step += 1
            for j, g in enumerate(gradient):
                m[j] = 0.9 * m[j] + 0.1 * g
                v[j] = 0.999 * v[j] + 0.001 * g * g
                p[j] = p[j] - (rate * (1 - epoch / epochs) + 1e-5) * (m[j] / (1 - 0.9 ** step)) / (np.sqrt(v[j] / (1 - 0.999 ** step)) + 1e-8)
    return p


def judged(drives, values, onset, release):
    """F1 by the rules of the judge."""
    must = found = detections = right = 0
    for drive, value in zip(drives, values):
        lasting = np.diff(np.concatenate([[0], value >= release, [0]]))
        events = []
        for start, end in zip(np.where(lasting == 1)[0], np.where(lasting == -1)[0]):
            hard = np.where(value[start:end] >= onset)[0]
            if len(hard):
                events.append((drive['t'][start + hard[0]], drive['t'][end]))
        used = set()
        for event in sorted(drive['truth'], key=lambda e: e[2] < 1.1):
            match = next((i for i, e in enumerate(events) if i not in used and e[0] <= event[1] + 2 and e[1] >= event[0] - 2), None)
            must += event[2] >= 1.1
            if match is not None:
                used.add(match)
                found += event[2] >= 1.1
        detections += len(events)
        right += len(used)
    precision, recall = right / max(detections, 1), found / max(must, 1)
    return 2 * precision * recall / max(precision + recall, 1e-9)


def sets(clean, noisy, half):
    random = np.random.default_rng(1000 + half)
    own, straight = clean[half::2], [straightened(d) for d in noisy[half::2]]
    return {
        'noisy': noisy[half::2],
        '3 m': [disturbed(d, 3, random) for _ in range(3) for d in own + straight],
        '1.5 m': [disturbed(d, 1.5, random) for d in own + straight],
        '5 m': [disturbed(d, 5, random) for d in own + straight],
        '3 m, 2 s': [disturbed(d, 3, random, True) for d in own + straight]}


def main():
    clean, noisy = read('drives-clean.csv.gz'), read('drives-noisy.csv.gz')
    random, examples = np.random.default_rng(1), noisy[::2] * 2
    for repeat in range(30):
        sigma = 3.0 if repeat % 3 else float(random.choice([1.0, 2.0, 4.0, 5.0]))
        examples += [disturbed(d, sigma, random, repeat % 5 == 4) for d in clean[::2] + [straightened(d) for d in noisy[::2]]]
    x = np.concatenate([features(along(d)) for d in examples])
    y, weight = (np.concatenate(z) for z in zip(*(labels(d) for d in examples)))
    used = (weight > 0) & moving(x)
    best = None
    halves = [sets(clean, noisy, half) for half in (0, 1)]
    inputs = [{k: [features(along(d)) for d in s] for k, s in half.items()} for half in halves]
    for seed in range(SEEDS):
        p = [np.round(z * 100) / 100 for z in fit(x[used], y[used], weight[used], seed)]
        values = [{k: [np.where(moving(f), forward(p, f)[2], -9) for f in s] for k, s in half.items()} for half in inputs]
        table = lambda half, a, b: {k: judged(halves[half][k], values[half][k], a, b) for k in halves[half]}
        for onset in np.arange(-0.5, 2.6, 0.25):
            for release in (-2, -1, -0.5, 0, 0.5, 1):
                if release <= onset:
                    own = table(0, onset, release)
                    score = 2 * own['noisy'] + 3 * own['3 m'] + own['1.5 m'] + own['5 m'] + own['3 m, 2 s']
                    if best is None or score > best[0]:
                        best = (score, p, onset, release)
                        print(seed, onset, release, 'fitted', {k: round(v, 3) for k, v in own.items()}, 'unseen', {k: round(v, 3) for k, v in table(1, onset, release).items()}, file=sys.stderr)
    _, p, onset, release = best
    print(f'limit: {LIMIT}, onset: {onset}, release: {release}')
    numbers = np.concatenate([p[0].ravel(), p[1], p[2].ravel(), p[3], p[4], p[5]])
    numbers = [str(int(round(z * 100))) for z in numbers]
    for i in range(0, len(numbers), 16):
        print('        ' + ', '.join(numbers[i:i + 16]) + ',')


main()
