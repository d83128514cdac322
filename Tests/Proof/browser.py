"""The website in a real Chromium: a driver's way through it, live trips through a release, a trip
of two hours within its budgets, and what people need who see or point otherwise."""

import contextlib
import gzip
import json
import math
import pathlib
import random
import re
import subprocess
import threading
import time
import urllib.parse
import xml.etree.ElementTree
from collections.abc import Iterator

import axe_playwright_python
from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright

from drive import drive
from installation import ACCESS, Failure, Installation, arguments, conclude, workspace

FIXTURE = pathlib.Path(__file__).parent / "Fixtures/mydriving-trip1.csv.gz"
MYDRIVING = "51903dcd-e9b2-4efb-a357-b11d6d8fe927"
DRIVER = "user-1"
AXE = pathlib.Path(axe_playwright_python.__file__).parent / "axe.min.js"
ZONE = "America/Los_Angeles"
WIDTHS = [360, 1280]
SCHEMES = ["light", "dark"]
WAIT_MS = 15_000

HTML_BYTES = 60_000
TRACK_BYTES = 120_000
RENDER_MS = 1_000


def expect(held: bool, what: str) -> None:
    if not held:
        raise Failure(what)


class Visitor:
    """A browser of somebody, whose every request and complaint is written down."""

    def __init__(self, site: "Site", context: BrowserContext) -> None:
        self.site = site
        self.context = context
        self.page = context.new_page()
        self.page.set_default_timeout(WAIT_MS)
        self.complaints: list[str] = []
        self.hosts: set[str] = set()
        self.page.on("request", lambda request: self.hosts.add(
            urllib.parse.urlsplit(request.url).netloc or "data"))
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _console(self, message) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    def go(self, path: str, status: int = 200) -> Page:
        response = self.page.goto(path if "://" in path else self.site.url + path)
        expect(response is not None and response.status == status, f"{path}: {response}")
        return self.page

    def drawn(self) -> None:
        """Waits until map and chart are there."""
        self.page.wait_for_selector("html[data-drawn]")
        self.page.wait_for_selector(".map .way", state="attached")

    def leave(self) -> None:
        """Nothing was complained of, and nobody else was asked."""
        expect(not self.complaints, f"the console says {self.complaints[:3]}")
        strangers = self.hosts - {urllib.parse.urlsplit(self.site.url).netloc, "data"}
        expect(not strangers, f"requests went to {strangers}")
        self.context.close()


class Site:
    def __init__(self, made: Installation, playwright: Playwright) -> None:
        self.made = made
        self.url = f"http://127.0.0.1:{made.port}"
        self.browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"])

    def visitor(self, user: str | None, role: str = "driver", width: int = 1280,
                scheme: str = "light", scripts: bool = True) -> Visitor:
        """A browser of its own; signed in where a user is named."""
        context = self.browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, timezone_id=ZONE,
            java_script_enabled=scripts, accept_downloads=True)
        visitor = Visitor(self, context)
        if user is not None:
            visitor.go(self.link(user, role))
        return visitor

    def link(self, user: str, role: str) -> str:
        words = ["token", "--link", "--user", user, "--role", role, "--url", self.url]
        said = self.tacho(*words)
        return said.split()[-1]

    def tacho(self, *words: str) -> str:
        done = subprocess.run(
            [self.made.tacho, *words], capture_output=True, text=True, timeout=300)
        expect(done.returncode == 0, f"tacho {' '.join(words)}: {done.stderr[-500:]}")
        return done.stdout


def fill(site: Site, directory: pathlib.Path, rng: random.Random) -> None:
    """MyDriving's trip, one of two hours, and a name that nobody should believe."""
    made = site.made
    csv = directory / "trip1.csv"
    csv.write_bytes(gzip.decompress(FIXTURE.read_bytes()))
    said = site.tacho("import", str(csv), "--url", site.url)
    expect(MYDRIVING in said, f"the import says {said}")
    start = 1_790_000_000_000
    points = [point._replace(speed_m_per_h=point.speed_m_per_h) for point in
              drive(rng, 7_200, start)]
    body = {"userId": DRIVER, "name": "<b>Two hours</b> \"'&",
            "points": [point.upload() for point in points]}
    service = {"Content-Type": "application/json",
               "Authorization": f"Bearer {ACCESS.token('service')}"}
    answer = made.request("POST", "/v1/trips/two-hours/points", json.dumps(body).encode(), service)
    expect(answer.status == 202, f"two hours: {answer.status} {answer.body[:300]}")
    answer = made.request("POST", "/v1/trips/two-hours/end", b"", service)
    position = answer.headers["Tacho-Position"]
    expect(made.get_after("/v1/trips/two-hours", position).status == 200, "two hours is not there")


def way_of_a_driver(site: Site) -> str:
    """Sign in, find the trip, look at all there is to see, and share it."""
    driver = site.visitor(DRIVER)
    page = driver.page
    expect(page.url == site.url + "/", f"signed in, at {page.url}")
    page.click(f"a[href='/trips/{MYDRIVING}']")
    driver.drawn()
    expect("13 Mar 2018, 17:00" in page.inner_text("article"), "not in the viewer's zone")
    expect(page.locator(".map .net").count() >= 2, "no graticule")
    expect(page.locator(".map .leaflet-control-scale-line").is_visible(), "no scale bar")
    events = page.locator("tr[data-at]").count()
    expect(events >= 1, "no event in the table")
    expect(page.locator(".map .event-sign").count() == events, "not every event is on the map")
    total = sum(int(text.replace("−", "-"))
                for text in page.locator("#score ~ table tbody td.number").all_inner_texts())
    score = int(page.inner_text("#score ~ table tfoot td"))
    expect(total == score, f"the breakdown comes to {total}, the score is {score}")
    expect(" points" in page.inner_text("section[data-part=score]"), "no cost in words")
    chart_and_map(page)
    exports(page)
    page.click("text=Make a link")
    shared = page.input_value(".link")
    driver.leave()
    return shared


def chart_and_map(page: Page) -> None:
    """Either shows the moment that was chosen on the other, by keys and by pointer."""
    slider = page.locator("[role=slider]")
    index = lambda: int(page.get_attribute("[data-map]", "data-index") or -1)
    slider.focus()
    page.keyboard.press("End")
    last = index()
    page.keyboard.press("Home")
    expect(index() < last and page.locator(".map .moment-dot").is_visible(),
           "keys on the chart move nothing on the map")
    page.keyboard.press("PageDown")
    page.keyboard.press("PageUp")
    expect(slider.get_attribute("aria-valuetext") == page.inner_text("[data-moment]"),
           "the slider says something else than the page")
    box = slider.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 50)
    middle = index()
    expect(0 < middle < last, "the pointer on the chart moves nothing on the map")
    before = slider.get_attribute("aria-valuenow")
    page.locator(".map").scroll_into_view_if_needed()
    start = page.locator(".map .end-dot").bounding_box()
    page.mouse.move(start["x"] + 4, start["y"] + 4)
    page.mouse.move(start["x"] + 6, start["y"] + 6)
    after = slider.get_attribute("aria-valuenow")
    expect(int(after) < int(before), f"the map does not move the chart ({before}, {after})")
    page.locator("tr[data-at] button").first.click()
    expect(index() != middle, "an event of the table is not shown")


def exports(page: Page) -> None:
    for ending, check in [
        ("gpx", lambda text: xml.etree.ElementTree.fromstring(text).tag.endswith("gpx")),
        ("csv", lambda text: text.startswith("sequence,time,latitude,longitude")),
        ("geojson", lambda text: json.loads(text)["geometry"]["type"] == "LineString"),
        ("json", lambda text: len(json.loads(text)["columns"]["time"]) > 1_000),
    ]:
        with page.expect_download() as coming:
            page.click(f"a[href$='/track.{ending}']")
        download = coming.value
        expect(download.suggested_filename.endswith(f".{ending}"), download.suggested_filename)
        text = pathlib.Path(download.path()).read_text()
        expect(check(text), f"the {ending} is not what it should be: {text[:100]}")


def shared_trip(site: Site, link: str) -> None:
    """Whoever has the link sees the trip, and no names; whoever changes it sees nothing."""
    stranger = site.visitor(None)
    page = stranger.go(link)
    stranger.drawn()
    text = page.content()
    for secret in [DRIVER, MYDRIVING]:
        expect(secret not in text, f"the shared page tells {secret}")
    exports(page)
    expect(page.request.get(link[:-2] + "AA").status == 404, "a damaged link shows something")
    expect(page.request.get(f"{site.url}/v1/trips/{MYDRIVING}").status == 401, "the rest is open")
    away = page.goto(site.url + "/")
    expect("/sign-in" in page.url and away.status == 200, f"the list is open: {page.url}")
    stranger.leave()


def deletion(site: Site) -> None:
    """A form asks, a receipt tells, and the trip is gone."""
    upload(site, "gone", 0, 90)
    driver = site.visitor(DRIVER, width=360)
    page = driver.go("/trips/gone")
    link = page.request.post(
        f"{site.url}/trips/gone/delete", form={"csrf": "wrong"},
        headers={"Origin": site.url})
    expect(link.status == 403, f"a forged form is answered {link.status}")
    page.click("text=Delete this trip…")
    page.click("button:has-text('Delete the trip')")
    receipt = page.inner_text("main")
    expect(re.search(r"trip-uploads/\d+@\d+", receipt) is not None and "gone" in receipt,
           f"the receipt says {receipt}")
    deadline = time.monotonic() + 10
    while page.request.get(f"{site.url}/trips/gone").status != 404:
        expect(time.monotonic() < deadline, "the trip is still there")
    driver.leave()


def home(site: Site, shared: str) -> None:
    """A circle around home hides the trip's beginning from whoever has the link, exports included."""
    service = {"Authorization": f"Bearer {ACCESS.token('service')}"}
    track = site.made.get(f"/v1/trips/{MYDRIVING}/track.json", service).json()["columns"]
    latitude, longitude = track["latitude"][0], track["longitude"][0]
    driver = site.visitor(DRIVER)
    page = driver.go("/profile")
    page.fill("[name=latitude]", str(latitude))
    page.fill("[name=longitude]", str(longitude))
    page.fill("[name=radius]", "500")
    page.click("text=Hide this circle")
    page.wait_for_selector("text=Forget my home")
    stranger = site.visitor(None)
    stranger.go(shared)
    stranger.drawn()
    seen = stranger.page.request.get(f"{shared}/track.json").json()["columns"]
    expect(0 < len(seen["time"]) < len(track["time"]), "nothing is hidden, or all")
    near = [1 for north, east in zip(seen["latitude"], seen["longitude"])
            if math.hypot((north - latitude) * 111_195,
                          (east - longitude) * 111_195 * math.cos(math.radians(north))) < 499]
    expect(not near, f"{len(near)} points near home are shown")
    stranger.leave()
    page.click("text=Forget my home")
    page.wait_for_selector("text=Forget my home", state="detached")
    expect(len(page.request.get(f"{shared}/track.json").json()["columns"]["time"])
           == len(track["time"]), "what is forgotten is hidden still")
    driver.leave()


def settings(site: Site) -> None:
    driver = site.visitor(DRIVER)
    page = driver.go("/profile")
    page.select_option("[name=units]", "mph")
    page.fill("[name=zone]", "Asia/Kolkata")
    page.click("text=Keep")
    page.wait_for_load_state()
    page.goto(f"{site.url}/trips/{MYDRIVING}")
    driver.drawn()
    text = page.inner_text("article")
    expect("14 Mar 2018, 05:30" in text and "mph" in text and "km/h" not in text,
           f"units and zone are not kept: {text[:200]}")
    driver.leave()


def upload(site: Site, trip: str, first: int, count: int, rng: random.Random | None = None) -> None:
    """Some seconds of a drive that goes on."""
    rng = random.Random(trip)
    now = int(time.time() * 1000)
    points = drive(rng, first + count, now - (first + count) * 1000)[first:]
    body = {"userId": DRIVER, "points": [point.upload() for point in points]}
    answer = site.made.request(
        "POST", f"/v1/trips/{trip}/points", json.dumps(body).encode(),
        {"Content-Type": "application/json",
         "Authorization": f"Bearer {ACCESS.token('service')}"})
    expect(answer.status == 202, f"{trip}: {answer.status}")
    shown = site.made.get_after(f"/v1/trips/{trip}", answer.headers["Tacho-Position"])
    expect(shown.status == 200, f"{trip} is not there: {shown.status}")


class Drive(threading.Thread):
    """A phone that sends three readings a third of a second, until it is told to stop."""

    def __init__(self, site: Site, trip: str) -> None:
        super().__init__(daemon=True)
        self.site = site
        self.trip = trip
        self.ended = threading.Event()

    def run(self) -> None:
        rng = random.Random(5)
        points = drive(rng, 3_000, int(time.time() * 1000) - 3_000_000)
        for first in range(0, 3_000, 3):
            body = {"userId": DRIVER, "points": [p.upload() for p in points[first:first + 3]]}
            self.site.made.request(
                "POST", f"/v1/trips/{self.trip}/points", json.dumps(body).encode(),
                {"Content-Type": "application/json",
                 "Authorization": f"Bearer {ACCESS.token('service')}"})
            if self.ended.wait(0.33):
                break
        self.site.made.request(
            "POST", f"/v1/trips/{self.trip}/end", b"",
            {"Authorization": f"Bearer {ACCESS.token('service')}"})


def live(site: Site) -> str:
    """A trip comes into the list, moves on its page, goes on through a promotion, and ends."""
    at_list = site.visitor(DRIVER, width=360)
    at_list.page.wait_for_selector("html[data-stream=open]")
    phone = Drive(site, "live-1")
    phone.start()
    try:
        began = time.monotonic()
        at_list.page.wait_for_selector("[data-part=trip-live-1] .badge")
        seen = time.monotonic() - began
        picture = at_list.page.get_attribute("[data-part=trip-live-1] img", "src")
        at_trip = site.visitor(DRIVER)
        at_trip.go("/trips/live-1")
        at_trip.drawn()
        at_trip.page.wait_for_selector("html[data-stream=open]")
        moves(at_trip.page, 3)
        expect(at_list.page.get_attribute("[data-part=trip-live-1] img", "src") != picture,
               "the list does not move")
        marker = "window.__still = 1"
        at_trip.page.evaluate(marker)
        promotion = threading.Thread(target=lambda: site.tacho(
            "release", "run", "--data", str(site.made.data), "--rules", "strict", "--why",
            "browser", "--execute"))
        promotion.start()
        at_trip.page.wait_for_selector("html[data-version='2']", timeout=90_000)
        moves(at_trip.page, 3)
        expect(at_trip.page.evaluate("window.__still") == 1, "the page was loaded anew")
        promotion.join()
    finally:
        phone.ended.set()
        phone.join()
    at_trip.page.wait_for_selector("text=The trip is over.")
    for visitor in [at_list, at_trip]:
        visitor.leave()
    return f"seen in the list after {seen:.1f} s, moved on through a promotion"


def moves(page: Page, times: int) -> None:
    """The track grows, and with it the distance told."""
    for _ in range(times):
        drawn = page.get_attribute("html", "data-drawn")
        page.wait_for_selector(f"html[data-drawn]:not([data-drawn='{drawn}'])")
    index = int(page.get_attribute("[data-map]", "data-index"))
    expect(index >= int(page.get_attribute("html", "data-drawn")) - 10,
           "the marker does not follow")


def budgets(site: Site) -> str:
    """The page of two hours: small, and there at once, the first time and the next."""
    driver = site.visitor(DRIVER)
    page = driver.page
    sizes: dict[str, int] = {}
    client = driver.context.new_cdp_session(page)
    client.send("Network.enable")
    names: dict[str, str] = {}
    client.on("Network.responseReceived", lambda event: names.__setitem__(
        event["requestId"], event["response"]["url"].split("/")[-1]))
    def loaded(event: dict) -> None:
        # What is asked for again may be answered by 304.
        name = names.get(event["requestId"], "?")
        sizes[name] = max(sizes.get(name, 0), int(event["encodedDataLength"]))

    client.on("Network.loadingFinished", loaded)
    times = []
    for _ in range(3):
        driver.go("/trips/two-hours")
        driver.drawn()
        times.append(page.evaluate(
            "performance.getEntriesByName('first-contentful-paint')[0].startTime"))
    whole = len(page.request.get(f"{site.url}/trips/two-hours").body())
    expect(whole < HTML_BYTES, f"the page has {whole} bytes")
    track = sizes["drive.json"]
    expect(track < TRACK_BYTES, f"the track takes {track} bytes")
    expect(sorted(times)[1] < RENDER_MS, f"first rendered after {times} ms")
    expect("<b>Two hours</b>" in page.inner_text("h1"), "the name is not shown as it is")
    driver.leave()
    return (f"two hours: {whole} bytes of HTML, {track} of track, first paint "
            f"{', '.join(f'{ms:.0f}' for ms in times)} ms")


def without_scripts(site: Site) -> None:
    """All there is to read is there without a script, in UTC and labelled so."""
    reader = site.visitor(DRIVER, scripts=False)
    expect(reader.page.locator(f"a[href='/trips/{MYDRIVING}']").is_visible(), "no list")
    page = reader.go(f"/trips/{MYDRIVING}")
    for what in [".drawing", ".chart", "#score ~ table", ".legend"]:
        expect(page.locator(what).is_visible(), f"{what} is not there")
    page.click("summary")
    expect(page.locator("table[data-part=table]").is_visible(), "no table of the speed")
    expect("14 Mar 2018, 00:00 UTC" in page.inner_text("article"), "no UTC")
    reader.leave()


def accessible(site: Site, shared: str, widths: list[int], shots: pathlib.Path | None) -> int:
    """Every page, in both schemes and narrow and wide: axe finds nothing serious, nothing is wider
    than the screen, and keys get to the content first."""
    looked = 0
    findings: list[str] = []
    for scheme in SCHEMES:
        for width in widths:
            for name, page in every_page(site, shared, scheme, width):
                findings += [f"{name}, {scheme}, {width}: {text}" for text in faults(page)]
                wide = page.evaluate("document.documentElement.scrollWidth")
                if wide > width:
                    findings.append(f"{name}: {wide} wide on {width}")
                if shots is not None:
                    page.screenshot(path=shots / f"{name}-{width}-{scheme}.png", full_page=True)
                looked += 1
    visitor = site.visitor("olga", "operator", 320)
    page = visitor.go(f"/trips/{MYDRIVING}")
    visitor.drawn()
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > 320:
        findings.append(f"{wide} wide at 320 and 200 %")
    page.reload()
    page.keyboard.press("Tab")
    if page.evaluate("document.activeElement.className") != "skip":
        findings.append("the first key does not lead to the content")
    visitor.leave()
    expect(not findings, f"{len(findings)} findings: " + "; ".join(findings[:6]))
    return looked


def every_page(
        site: Site, shared: str, scheme: str, width: int) -> Iterator[tuple[str, Page]]:
    """Every kind of page, as an operator sees it, a driver without a trip, or a stranger."""
    visitor = site.visitor("olga", "operator", width, scheme)
    for name, path in {
            "list": "/", "trip": f"/trips/{MYDRIVING}", "two-hours": "/trips/two-hours",
            "profile": "/profile", "delete": f"/trips/{MYDRIVING}/delete",
            "operator": "/operator", "comparison": "/operator/diff"}.items():
        page = visitor.go(path)
        if name in ("trip", "two-hours"):
            draw(visitor)
        yield name, page
    trip = f"gone-{scheme}-{width}"
    upload(site, trip, 0, 90)
    page = visitor.go(f"/trips/{trip}/delete")
    page.click("button:has-text('Delete the trip')")
    page.wait_for_selector("text=trip-uploads/")
    yield "receipt", page
    visitor.leave()
    newcomer = site.visitor("nobody-yet", width=width, scheme=scheme)
    yield "no-trips", newcomer.page
    yield "own-profile", newcomer.go("/profile")
    newcomer.leave()
    stranger = site.visitor(None, width=width, scheme=scheme)
    page = stranger.go(shared)
    draw(stranger)
    yield "shared", page
    yield "sign-in", stranger.go("/sign-in")
    yield "documents", stranger.go("/docs")
    stranger.leave()
    lost = site.visitor("olga", "operator", width, scheme)
    page = lost.go("/trips/never-was", status=404)
    yield "not-found", page
    # The browser itself says that a page was answered 404.
    lost.complaints.clear()
    lost.leave()


def draw(visitor: Visitor) -> None:
    """Map and chart are there, and a moment is chosen."""
    visitor.drawn()
    visitor.page.locator("[role=slider]").focus()
    visitor.page.keyboard.press("ArrowRight")


def faults(page: Page) -> list[str]:
    """What axe finds that is serious."""
    # Beside the page's policy, which lets no script in that is not the site's.
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run({resultTypes: ['violations']})")
    return [f"{fault['id']} ({fault['impact']}): {fault['nodes'][0]['html'][:120]} "
            f"{fault['nodes'][0].get('failureSummary', '')[:160]}"
            for fault in found["violations"] if fault["impact"] in ("serious", "critical")]


def prove(options, directory: pathlib.Path) -> str:
    rng = random.Random(options.seed)
    made = Installation(options.tacho, directory, ["--partitions", "8", "--no-demo"])
    with contextlib.ExitStack() as cleanup:
        cleanup.callback(made.kill)
        made.start()
        site = Site(made, cleanup.enter_context(sync_playwright()))
        cleanup.callback(site.browser.close)
        said = []

        def step(name: str, body):
            began = time.monotonic()
            result = body()
            print(f"browser: {name}: ok, {time.monotonic() - began:.1f} s", flush=True)
            if isinstance(result, str) and "://" not in result:
                said.append(result)
            return result

        step("fill", lambda: fill(site, directory, rng))
        shared = step("a driver's way", lambda: way_of_a_driver(site))
        step("shared", lambda: shared_trip(site, shared))
        step("deletion", lambda: deletion(site))
        step("home", lambda: home(site, shared))
        step("settings", lambda: settings(site))
        step("without scripts", lambda: without_scripts(site))
        step("budgets", lambda: budgets(site))
        step("live", lambda: live(site))
        looked = step("accessible", lambda: accessible(
            site, shared, options.widths, options.shots))
        return "; ".join([*said, f"{looked} pages without serious findings"])


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--widths", type=int, nargs="+", default=WIDTHS)
    parser.add_argument("--shots", type=pathlib.Path,
                        help="a directory for a picture of every page that is looked at")
    options = parser.parse_args()
    if options.shots is not None:
        options.shots.mkdir(parents=True, exist_ok=True)
    print(f"browser: seed {options.seed}", flush=True)
    with workspace(options, "browser") as directory:
        conclude("browser", lambda: prove(options, directory))


if __name__ == "__main__":
    main()
