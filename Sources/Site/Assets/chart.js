// The speed chart, drawn by the server: a cursor on it that pointer and keys move.

const svgNames = "http://www.w3.org/2000/svg";

/**
 * Puts a cursor on a chart.
 *
 * @param field the element around the drawing, which becomes a slider
 * @param moved called with the time in epoch milliseconds that was chosen
 * @returns `show(time, speed, words)`, which moves the cursor, and `renew()` for another drawing
 */
export function cursorOn(field, moved) {
  let svg, line, dot, start, end, top;

  function renew() {
    svg = field.querySelector("svg");
    start = Number(svg.dataset.start);
    end = Number(svg.dataset.end);
    top = Number(svg.dataset.top);
    line = document.createElementNS(svgNames, "path");
    line.setAttribute("class", "cursor");
    dot = document.createElementNS(svgNames, "path");
    dot.setAttribute("class", "cursor-dot");
    svg.append(line, dot);
    field.setAttribute("aria-valuemax", Math.round((end - start) / 1000));
  }

  function show(time, speed, words) {
    const x = ((time - start) / (end - start)) * 1000;
    line.setAttribute("d", `M${x.toFixed(1)} 0V200`);
    const y = 200 * (1 - Math.min(speed, top) / top);
    // A line without length and with round ends is a dot that no stretching makes an ellipse.
    dot.setAttribute("d", `M${x.toFixed(1)} ${y.toFixed(1)}h0`);
    field.setAttribute("aria-valuenow", Math.round((time - start) / 1000));
    field.setAttribute("aria-valuetext", words);
    field.dataset.time = time;
  }

  function timeAt(event) {
    const box = svg.getBoundingClientRect();
    const share = Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1);
    return start + share * (end - start);
  }

  field.tabIndex = 0;
  field.setAttribute("role", "slider");
  field.setAttribute("aria-label", "Moment of the trip");
  field.setAttribute("aria-valuemin", 0);
  field.addEventListener("pointermove", (event) => moved(timeAt(event)));
  field.addEventListener("pointerdown", (event) => moved(timeAt(event)));
  field.addEventListener("keydown", (event) => {
    const now = Number(field.dataset.time ?? start);
    const page = (end - start) / 10;
    const steps = {
      ArrowRight: now + 1000, ArrowUp: now + 1000, ArrowLeft: now - 1000, ArrowDown: now - 1000,
      PageUp: now + page, PageDown: now - page, Home: start, End: end,
    };
    if (!(event.key in steps) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    moved(Math.min(Math.max(steps[event.key], start), end), true);
  });
  renew();
  return { show, renew };
}
