// A page that goes on: it is asked for again when the server tells of a change, and what has
// changed in it takes the place of what is shown. A script that listens to `tacho:changed` learns of
// it. The stream goes on when another version becomes live, and comes back when it breaks.
import { localise } from "./site.js";

const shortestMs = 1500;
const wordsMs = 15000;
const comeBackMs = 3000;

const host = document.querySelector("[data-live]");
const words = document.querySelector("[data-live-words]");
let source = null;
let timer = null;
let isAsking = false;
let isDue = false;
let asked = 0;
let spoken = -Infinity;

/** Says something to those who cannot see it change, but not all the time. */
function say(text, atOnce = false) {
  const now = performance.now();
  if (!words || words.textContent === text || (!atOnce && now - spoken < wordsMs)) return;
  words.textContent = text;
  spoken = now;
}

function summary() {
  const driving = document.querySelectorAll(".trip.driving").length;
  const facts = [...document.querySelectorAll("[data-part=facts] dd")].map((d) => d.textContent);
  if (facts.length) return `Under way: ${facts[1]} in ${facts[2]}, score ${facts[0]}.`;
  return driving === 1 ? "1 trip is under way." : `${driving} trips are under way.`;
}

/** Takes over the parts that differ, and leaves the others and the focus alone. */
function takeOver(fresh) {
  const begins = (name) => fresh.querySelector(name) && !document.querySelector(name);
  if (begins("[data-map]") || begins("[data-chart]")) {
    location.reload();
    return;
  }
  for (const part of fresh.querySelectorAll("[data-part]")) {
    const name = part.dataset.part;
    const old = document.querySelector(`[data-part="${CSS.escape(name)}"]`);
    if (!old || old.isEqualNode(part)) continue;
    const inner = part.querySelector("[data-part]");
    // The list of parts itself: those that are new or gone make it another one.
    if (inner && same(names(old), names(part))) continue;
    const key = document.activeElement?.dataset?.key;
    old.replaceWith(part);
    localise(part);
    if (key) document.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
  }
  document.dispatchEvent(new CustomEvent("tacho:changed"));
}

const names = (root) => [...root.querySelectorAll("[data-part]")].map((part) => part.dataset.part);
const same = (a, b) => a.length === b.length && a.every((value, index) => value === b[index]);

async function refresh() {
  timer = null;
  if (isAsking) {
    isDue = true;
    return;
  }
  isAsking = true;
  isDue = false;
  asked = performance.now();
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.ok) {
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const isOver = !fresh.querySelector("[data-live]");
      localise(fresh);
      takeOver(fresh);
      if (isOver) {
        source.close();
        say("The trip is over.", true);
      } else {
        say(summary());
      }
    } else if (answer.status === 404) {
      source.close();
      say("The trip was deleted.", true);
    }
  } catch {
    // The stream says when the server is back.
  } finally {
    isAsking = false;
    if (isDue) later();
  }
}

function later() {
  if (timer === null) {
    timer = setTimeout(refresh, Math.max(0, asked + shortestMs - performance.now()));
  }
}

function listen() {
  source = new EventSource(host.dataset.live);
  let wasLost = false;
  source.onopen = () => {
    document.documentElement.dataset.stream = "open";
    if (wasLost) later();
    wasLost = false;
  };
  for (const kind of ["trip", "deleted"]) source.addEventListener(kind, later);
  source.addEventListener("version", (event) => {
    document.documentElement.dataset.version = JSON.parse(event.data).version;
    later();
  });
  source.onerror = () => {
    document.documentElement.dataset.stream = "lost";
    wasLost = true;
    // The browser comes back by itself, unless the answer was no stream.
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, comeBackMs);
  };
}

if (host) listen();
