#!/usr/bin/env python3
"""Breaks the program in ways that somebody must notice: each mutant has to fail a test.

A mutant is a patch in mutants/, after lines of words and the tests that it is to fail:

    Fails: TripsTests.*sent twice           a filter of `swift test`
    Fails: proof fsync_order.py --concurrent 40

The patches are applied to a copy of the tree that lies over the real one in a mount namespace of
this run's own: paths are the same, so what is built already stays built, and nothing is changed.
"""

import argparse
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from typing import NamedTuple

from installation import ROOT, Failure, conclude

MARK = "TACHO_PROOF_NAMESPACE"
PATCHES = pathlib.Path(__file__).resolve().parent / "mutants"
FLAGS = ["--explicit-target-dependency-import-check", "error"]
BUILD_SECONDS = 1800
TEST_SECONDS = 600


class Mutant(NamedTuple):
    path: pathlib.Path
    tests: list[str]
    module: str

    @property
    def name(self) -> str:
        return self.path.stem


class Outcome(NamedTuple):
    mutant: Mutant
    is_caught: bool
    what: str
    seconds: float


def mutants() -> list[Mutant]:
    """Every patch, checked to say what it fails and to apply."""
    found = []
    for path in sorted(PATCHES.glob("*.patch")):
        text = path.read_text()
        tests = re.findall(r"^Fails: (.+)$", text, re.MULTILINE)
        module = re.search(r"^\+\+\+ b/Sources/(\w+)/", text, re.MULTILINE)
        if not tests or not module:
            raise Failure(f"{path.name} does not say what it fails, or changes no source")
        check = subprocess.run(["git", "apply", "--check", str(path)], cwd=ROOT,
                               capture_output=True, text=True, check=False)
        if check.returncode != 0:
            raise Failure(f"{path.name} does not apply: {check.stderr.strip()}")
        found.append(Mutant(path, tests, module[1]))
    return found


def sample(all_of_them: list[Mutant], count: int, rng: random.Random) -> list[Mutant]:
    """So many, each of another module as long as there is one."""
    modules: dict[str, list[Mutant]] = {}
    for mutant in all_of_them:
        modules.setdefault(mutant.module, []).append(mutant)
    for group in modules.values():
        rng.shuffle(group)
    names = sorted(modules)
    rng.shuffle(names)
    chosen: list[Mutant] = []
    while len(chosen) < min(count, len(all_of_them)):
        for name in names:
            if modules[name] and len(chosen) < count:
                chosen.append(modules[name].pop())
    return chosen


def enter_namespace() -> None:
    """Starts this program again where its mounts are its own and end with it."""
    if MARK in os.environ:
        return
    rights = ["-m"] if os.geteuid() == 0 else ["-rm"]
    os.environ[MARK] = "1"
    os.execvp("unshare", ["unshare", *rights, "--kill-child", "--fork", sys.executable, *sys.argv])


def lay_copy(scratch: pathlib.Path, is_full: bool) -> None:
    """Lays a copy over the tree: written to where it differs, or copied as a whole."""
    upper, work = scratch / "upper", scratch / "work"
    upper.mkdir()
    work.mkdir()
    more = "" if os.geteuid() == 0 and in_first_user_namespace() else ",userxattr"
    overlay = ["mount", "-t", "overlay", "overlay", "-o",
               f"lowerdir={ROOT},upperdir={upper},workdir={work}{more}", str(ROOT)]
    if not is_full and subprocess.run(overlay, capture_output=True, check=False).returncode == 0:
        return
    copy = scratch / "copy"
    subprocess.run(["cp", "-a", "--reflink=auto", str(ROOT), str(copy)], check=True)
    subprocess.run(["mount", "--bind", str(copy), str(ROOT)], check=True)


def in_first_user_namespace() -> bool:
    return pathlib.Path("/proc/self/uid_map").read_text().split()[2] == "4294967295"


def run(words: list[str], seconds: float) -> tuple[int, str]:
    """A command in the copy; -1 where it took too long."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(words, cwd=ROOT, stdout=output, stderr=output,
                                   stdin=subprocess.DEVNULL, start_new_session=True)
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()
            code = -1
        output.seek(0)
        return code, output.read().decode(errors="replace")


def build(tests: list[str], jobs: int) -> tuple[int, str]:
    products = {"tacho" if test.startswith("proof ") else "tachoPackageTests" for test in tests}
    for product in sorted(products):
        code, output = run(["swift", "build", "--product", product, *FLAGS, "-j", str(jobs)],
                           BUILD_SECONDS)
        if code != 0:
            break
    return code, output


def attempt(test: str) -> tuple[bool, str]:
    """Whether it passes, with at least one test run, and the words that tell."""
    if test.startswith("proof "):
        script, *options = test.removeprefix("proof ").split()
        code, output = run([sys.executable, str(PATCHES.parent / script), *options], TEST_SECONDS)
        return code == 0, output.strip().splitlines()[-1] if output.strip() else ""
    code, output = run(["swift", "test", "--skip-build", "--filter", test], TEST_SECONDS)
    if code == -1:
        return False, f"no end within {TEST_SECONDS} s"
    if not re.search(r"Test run with [1-9]", output) and code == 0:
        raise Failure(f"no test matches {test}")
    told = re.findall(r"^.*(?:recorded an issue|error:|Fatal error|failed after).*$", output,
                      re.MULTILINE)
    return code == 0, told[0].strip() if told else output[-200:]


def judge(mutant: Mutant, jobs: int) -> Outcome:
    began = time.monotonic()
    subprocess.run(["git", "apply", str(mutant.path)], cwd=ROOT, check=True)
    try:
        code, output = build(mutant.tests, jobs)
        if code != 0:
            errors = re.findall(r"^.*error:.*$", output, re.MULTILINE)
            return Outcome(mutant, False, f"does not build: {(errors or [output[-200:]])[0]}",
                           time.monotonic() - began)
        for test in mutant.tests:
            passes, told = attempt(test)
            if not passes:
                return Outcome(mutant, True, f"{test}: {told}", time.monotonic() - began)
        return Outcome(mutant, False, "SURVIVES " + ", ".join(mutant.tests),
                       time.monotonic() - began)
    finally:
        subprocess.run(["git", "apply", "-R", str(mutant.path)], cwd=ROOT, check=True)


def prove(options) -> str:
    chosen = mutants()
    total = len(chosen)
    if options.only:
        chosen = [mutant for mutant in chosen if mutant.name in options.only.split(",")]
    elif options.sample:
        chosen = sample(chosen, options.sample, random.Random(options.seed))
    if not chosen:
        raise Failure("no mutants")
    if options.check:
        return f"{total} patches apply"
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="mutants-", dir=options.scratch))
    outcomes: list[Outcome] = []
    try:
        lay_copy(scratch, options.copy)
        os.chdir(ROOT)
        expect_clean(chosen, options.jobs)
        for mutant in chosen:
            outcome = judge(mutant, options.jobs)
            outcomes.append(outcome)
            verdict = "caught" if outcome.is_caught else "NOT CAUGHT"
            print(f"  {mutant.name:38} {mutant.module:12} {verdict:10} {outcome.seconds:5.0f} s  "
                  f"{outcome.what[:200]}", flush=True)
    finally:
        os.chdir("/")
        subprocess.run(["umount", "-l", str(ROOT)], capture_output=True, check=False)
        shutil.rmtree(scratch, ignore_errors=True)
    missed = [outcome.mutant.name for outcome in outcomes if not outcome.is_caught]
    if missed:
        raise Failure(f"{len(missed)} of {len(chosen)} mutants were not caught: "
                      + ", ".join(missed))
    return f"{len(chosen)} of {total} mutants run, each failed a test; all {total} patches apply"


def expect_clean(chosen: list[Mutant], jobs: int) -> None:
    """Without a mutant every test that one is to fail passes."""
    tests = sorted({test for mutant in chosen for test in mutant.tests})
    code, output = build(tests, jobs)
    if code != 0:
        raise Failure(f"the tree itself does not build: {output[-500:]}")
    filters = [test for test in tests if not test.startswith("proof ")]
    for test in [*(["|".join(f"({test})" for test in filters)] if filters else []),
                 *(test for test in tests if test.startswith("proof "))]:
        passes, told = attempt(test)
        if not passes:
            raise Failure(f"without any mutant {test} fails: {told}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", help="names of mutants, comma separated")
    parser.add_argument("--sample", type=int, default=0, help="so many of different modules")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="of the compiler")
    parser.add_argument("--check", action="store_true", help="only whether the patches apply")
    parser.add_argument("--copy", action="store_true", help="copy the tree, do not overlay it")
    parser.add_argument("--scratch", default="/var/tmp", help="where the copy goes: a real disk")
    parser.add_argument("--tacho", help="not used: mutants are built from the tree")
    options = parser.parse_args()
    if not options.check:
        enter_namespace()
    print(f"mutants: seed {options.seed}", flush=True)
    conclude("mutants", lambda: prove(options))


if __name__ == "__main__":
    main()
