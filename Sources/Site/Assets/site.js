// Every page: times in the device's own zone, until another one is chosen.

const forms = {
  full: { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" },
  minute: { hour: "2-digit", minute: "2-digit" },
  clock: { hour: "2-digit", minute: "2-digit", second: "2-digit" },
  day: { day: "numeric", month: "short", year: "numeric" },
};

const page = document.body.dataset;
const deviceZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
// The server knows the zone from the second page on.
export const zone = "zoneChosen" in page || !deviceZone ? page.zone : deviceZone;

/** Puts the times below an element into the zone, where the server did not know it. */
export function localise(root) {
  if (zone === page.zone) return;
  for (const time of root.querySelectorAll("time[datetime]")) {
    time.textContent = text(new Date(time.dateTime), time.dataset.form);
  }
}

/** A moment as pages show it: `1 Jan 2026, 08:05`. */
export function text(date, form) {
  return new Intl.DateTimeFormat("en-GB", { ...forms[form], timeZone: zone }).format(date);
}

if (deviceZone) {
  document.cookie =
    `tacho_device_zone=${deviceZone}; Path=/; Max-Age=31536000; SameSite=Lax`;
}
localise(document);
for (const name of document.querySelectorAll("[data-zone-name]")) name.textContent = zone;

// Small comforts: the names of zones to choose from, and a link that is selected when it is entered.
const zones = document.querySelector("[data-zones]");
if (zones && Intl.supportedValuesOf) {
  const list = document.createElement("datalist");
  list.id = "zones";
  for (const name of Intl.supportedValuesOf("timeZone")) list.append(new Option(name));
  zones.after(list);
  zones.setAttribute("list", list.id);
}
const latitude = document.querySelector("[data-latitude]");
if (latitude && navigator.geolocation && isSecureContext) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Take the place where I am";
  button.addEventListener("click", () => navigator.geolocation.getCurrentPosition(({ coords }) => {
    latitude.value = coords.latitude.toFixed(5);
    document.querySelector("[data-longitude]").value = coords.longitude.toFixed(5);
  }));
  latitude.closest("form").prepend(button);
}
document.querySelector("[data-select]")?.addEventListener("focus", (event) => event.target.select());
