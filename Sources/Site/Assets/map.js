// The map: the way in its colours, events by shape and number, a marker for a moment, and without
// any tiles a graticule to tell where on earth this is.
/* global L */

const shapes = {
  hardBrake: "M-14-9h28L0 15z",
  hardAcceleration: "M-14 11h28L0-13z",
  hardCorner: "M0-14l14 14L0 14l-14-14z",
};
const nearPixels = 40;

/**
 * Draws a map into an element.
 *
 * @param pointed called with the index of the point that the pointer is near
 * @param chosen called with an event that was chosen
 * @returns `draw(drive)` and `mark(index)`
 */
export function mapIn(element, { pointed, chosen }) {
  const stillness = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(element, {
    attributionControl: false, zoomAnimation: !stillness, fadeAnimation: !stillness,
    markerZoomAnimation: !stillness, inertia: !stillness, scrollWheelZoom: false, zoomSnap: 0.25,
  });
  const isMetric = element.dataset.units !== "mph";
  L.control.scale({ position: "topright", metric: isMetric, imperial: !isMetric }).addTo(map);
  if (element.dataset.tiles) {
    L.control.attribution({ prefix: false }).addTo(map);
    const by = document.createElement("span");
    by.textContent = element.dataset.tilesBy ?? "";
    L.tileLayer(element.dataset.tiles, { attribution: by.innerHTML, maxZoom: 19 }).addTo(map);
  }
  const net = L.layerGroup().addTo(map);
  const way = L.layerGroup().addTo(map);
  const signs = L.layerGroup().addTo(map);
  const dot = L.circleMarker([0, 0], { radius: 8, className: "moment-dot", interactive: false });
  let drive = null;
  let hasView = false;

  map.on("moveend", () => drawNet(map, net));
  map.on("mousemove click", (event) => {
    const index = nearest(event.latlng);
    if (index !== null) pointed(index);
  });

  function nearest(place) {
    if (!drive) return null;
    const east = Math.cos((place.lat * Math.PI) / 180);
    let best = Infinity;
    let index = null;
    for (let i = 0; i < drive.latitude.length; i++) {
      const x = (drive.longitude[i] - place.lng) * east;
      const y = drive.latitude[i] - place.lat;
      const square = x * x + y * y;
      if (square < best) {
        best = square;
        index = i;
      }
    }
    if (index === null) return null;
    const found = map.latLngToContainerPoint([drive.latitude[index], drive.longitude[index]]);
    return found.distanceTo(map.latLngToContainerPoint(place)) <= nearPixels ? index : null;
  }

  function draw(next) {
    drive = next;
    const places = drive.latitude.map((latitude, i) => [latitude, drive.longitude[i]]);
    if (!places.length) return;
    const bounds = L.latLngBounds(places);
    if (!hasView) {
      map.fitBounds(bounds.pad(0.05), { animate: false, maxZoom: 17 });
      hasView = true;
    } else if (!map.getBounds().contains(places[places.length - 1])) {
      map.fitBounds(bounds.pad(0.05), { animate: !stillness, maxZoom: 17 });
    }
    way.clearLayers();
    for (const [style, first, last] of drive.runs) {
      L.polyline(places.slice(first, last + 1), {
        className: style, interactive: false, smoothFactor: 1.2,
      }).addTo(way);
    }
    signs.clearLayers();
    L.circleMarker(places[0], { radius: 6, className: "end-dot", interactive: false }).addTo(signs);
    const end = places[places.length - 1];
    L.marker(end, {
      icon: L.divIcon({ className: "end-square", iconSize: [12, 12] }), interactive: false,
      keyboard: false,
    }).addTo(signs);
    for (const event of drive.events) sign(event);
  }

  function sign(event) {
    const label = `${event.number}. ${event.label}`;
    const marker = L.marker([event.latitude, event.longitude], {
      icon: L.divIcon({
        className: `event-sign ${event.severity}`, iconSize: [32, 32],
        html: `<svg viewBox="-17 -17 34 34" aria-hidden="true"><g class="sign ${event.severity}">`
          + `<path d="${shapes[event.kind] ?? shapes.hardCorner}"/>`
          + `<text y="${event.kind === "hardAcceleration" ? 8 : 4}">${event.number}</text></g></svg>`,
      }),
      title: label,
    });
    marker.on("add", () => {
      const icon = marker.getElement();
      icon.setAttribute("role", "button");
      icon.setAttribute("aria-label", label);
    });
    const words = document.createElement("p");
    words.textContent = label;
    marker.bindPopup(words);
    marker.on("popupopen", () => chosen(event));
    marker.addTo(signs);
  }

  function mark(index) {
    dot.setLatLng([drive.latitude[index], drive.longitude[index]]);
    if (!map.hasLayer(dot)) dot.addTo(map);
    element.dataset.index = index;
  }

  return { draw, mark };
}

/** Lines of latitude and longitude at round degrees, some four to a side, with their names. */
function drawNet(map, net) {
  net.clearLayers();
  const bounds = map.getBounds();
  for (const axis of ["lat", "lng"]) {
    const from = axis === "lat" ? bounds.getSouth() : bounds.getWest();
    const to = axis === "lat" ? bounds.getNorth() : bounds.getEast();
    const step = roundStep((to - from) / 3);
    const digits = Math.max(0, -Math.floor(Math.log10(step)));
    for (let value = Math.ceil(from / step) * step; value < to; value += step) {
      const ends = axis === "lat"
        ? [[value, bounds.getWest()], [value, bounds.getEast()]]
        : [[bounds.getSouth(), value], [bounds.getNorth(), value]];
      L.polyline(ends, { className: "net", interactive: false }).addTo(net);
      const side = axis === "lat" ? ["N", "S"] : ["E", "W"];
      L.marker(ends[0], {
        icon: L.divIcon({
          className: `net-name ${axis}`, iconSize: null,
          html: `${Math.abs(value).toFixed(digits)}° ${value < 0 ? side[1] : side[0]}`,
        }),
        interactive: false, keyboard: false,
      }).addTo(net);
    }
  }
}

/** The round number, of 1, 2 and 5 times powers of ten, nearest above. */
function roundStep(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least);
}
