// A trip's page: map and chart show one moment, whichever of them it is chosen on.
import { cursorOn } from "./chart.js";
import { text } from "./site.js";

const element = document.querySelector("[data-map]");
const field = document.querySelector("[data-chart]");
const moment = document.querySelector("[data-moment]");
let drive = null;
let map = null;
let cursor = null;

/** A track as it is drawn: columns of whole values. */
function unpack(data) {
  const sums = (column, scale) => {
    let sum = 0;
    return column.map((difference) => (sum += difference) / scale);
  };
  const events = data.events.map((event) => ({
    ...event, latitude: event.latitude / 1e6, longitude: event.longitude / 1e6,
  }));
  return {
    time: sums([data.start + (data.time[0] ?? 0), ...data.time.slice(1)], 1),
    latitude: sums(data.latitude, 1e6), longitude: sums(data.longitude, 1e6),
    speed: sums(data.speed, 0.01), runs: data.runs, events,
  };
}

/** The index of the last point at or before a time. */
function indexAt(time) {
  let low = 0;
  let high = drive.time.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (drive.time[middle] <= time) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** What a moment is like, in words. */
function words(index) {
  const unit = element.dataset.units === "mph" ? ["mph", 1609.344] : ["km/h", 1000];
  const seconds = Math.round((drive.time[index] - drive.time[0]) / 1000);
  const after = `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const clock = text(new Date(drive.time[index]), "clock");
  return `${clock}, after ${after}: ${Math.round(drive.speed[index] / unit[1])} ${unit[0]}`;
}

function show(index) {
  const said = words(index);
  cursor?.show(drive.time[index], drive.speed[index], said);
  map?.mark(index);
  moment.textContent = said;
}

/** Lets events be found from their table on the map and on the chart. */
function linkEvents() {
  for (const row of document.querySelectorAll("tr[data-at]")) {
    const cell = row.querySelector("th");
    if (cell.querySelector("button")) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.key = `event-${row.dataset.at}`;
    button.textContent = cell.textContent;
    button.setAttribute("aria-label", `Event ${cell.textContent}: show on map and chart`);
    button.addEventListener("click", () => {
      show(indexAt(Number(row.dataset.at)));
      element.scrollIntoView({ block: "nearest" });
    });
    cell.replaceChildren(button);
  }
}

async function load() {
  const answer = await fetch(element.dataset.drive);
  if (!answer.ok) return;
  const next = unpack(await answer.json());
  if (!next.time.length) return;
  const isFirst = drive === null;
  const wasAtEnd = drive && Number(element.dataset.index) === drive.time.length - 1;
  drive = next;
  if (isFirst && window.L) {
    const { mapIn } = await import("./map.js");
    element.hidden = false;
    map = mapIn(element, { pointed: show, chosen: (event) => show(indexAt(event.at)) });
  }
  map?.draw(drive);
  if (field && !cursor) cursor = cursorOn(field, (time) => show(indexAt(time)));
  linkEvents();
  // A trip under way is followed, unless somebody looks at another moment.
  if ((isFirst && document.querySelector("[data-live]")) || wasAtEnd) show(drive.time.length - 1);
  else if (field?.dataset.time) show(indexAt(Number(field.dataset.time)));
  document.documentElement.dataset.drawn = drive.time.length;
}

if (element) {
  document.addEventListener("tacho:changed", () => {
    if (cursor && !field.querySelector(".cursor")) cursor.renew();
    load();
  });
  load();
}
