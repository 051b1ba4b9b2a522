// Draws figures. Text of others is only ever set as text.
const element = (name, attributes = {}, ...inside) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...inside);
  return made;
};
const shape = (name, attributes = {}, text) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
};

const number = (digits) => new Intl.NumberFormat("en", { maximumFractionDigits: digits });
const short = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });
const dollars = (value) => "$" + (value >= 1 || value === 0
  ? new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(value)
  : new Intl.NumberFormat("en", { maximumSignificantDigits: 3 }).format(value));
const milliseconds = (value) => `${number(0).format(value)} ms`;
const count = (value) => number(0).format(value);

const moment = (timestamp) => {
  const text = String(timestamp ?? "");
  const hours = text.length > 10;
  const time = new Date(hours ? text.replace(" ", "T").replace(/Z?$/, "Z") : `${text}T00:00:00Z`);
  if (Number.isNaN(time.getTime())) return text;
  const day = { month: "short", day: "numeric", timeZone: "UTC" };
  const hour = hours ? { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } : {};
  return new Intl.DateTimeFormat("en", { ...day, ...hour }).format(time);
};

// The next round number above: 1, 2 or 5 with noughts.
const round = (value) => {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * [1, 2, 5, 10].find((factor) => value <= factor * power * 1.000001);
};

// Lines over time. `series` is a list of [name, values]; `tell` gets the place under the pointer, or nothing.
const lines = (width, times, series, write, tell) => {
  const [height, left, bottom, top] = [150, 50, 22, 8];
  const most = round(Math.max(0, ...series.flatMap(([, values]) => values.filter(Number.isFinite))));
  const x = (place) => times.length < 2 ? (left + width) / 2 : left + 6 + (width - left - 14) * place / (times.length - 1);
  const y = (value) => height - bottom - (height - bottom - top) * value / most;
  const drawn = shape("svg", { viewBox: `0 0 ${width} ${height}`, role: "img" });
  for (const share of [0, 0.5, 1]) {
    drawn.append(shape("line", { x1: left, x2: width - 4, y1: y(most * share), y2: y(most * share), class: "grid" }));
    drawn.append(shape("text", { x: left - 6, y: y(most * share) + 4, "text-anchor": "end" }, write(most * share)));
  }
  const room = String(times[0] ?? "").length > 10 ? 96 : 62;
  const step = Math.max(1, Math.ceil(times.length * room / (width - left)));
  times.forEach((time, place) => {
    const anchor = place === 0 ? "start" : "middle";
    if (place % step === 0 && (place === 0 || x(place) < width - room / 2 + 8)) {
      drawn.append(shape("text", { x: place === 0 ? left : x(place), y: height - 6, "text-anchor": anchor }, moment(time)));
    }
  });
  series.forEach(([, values], which) => {
    const points = values.map((value, place) => [x(place), y(value)]).filter(([, at]) => Number.isFinite(at));
    if (!points.length) return;
    const path = points.map((point) => point.map((part) => part.toFixed(1)).join(",")).join(" ");
    if (series.length === 1) {
      const area = `${points[0][0]},${y(0)} ${path} ${points.at(-1)[0]},${y(0)}`;
      drawn.append(shape("polygon", { points: area, class: `area c${which}` }));
    }
    drawn.append(shape("polyline", { points: path, class: `stroke c${which}`, style: "fill:none" }));
    if (points.length === 1) drawn.append(shape("circle", { cx: points[0][0], cy: points[0][1], r: 3, class: `c${which}` }));
  });
  const mark = shape("line", { y1: top, y2: height - bottom, class: "mark", visibility: "hidden" });
  drawn.append(mark);
  drawn.addEventListener("pointermove", (event) => {
    const box = drawn.getBoundingClientRect();
    const at = (event.clientX - box.left) * width / box.width;
    const place = Math.round((at - left - 6) / (width - left - 14) * (times.length - 1));
    const inside = Math.min(Math.max(place, 0), times.length - 1);
    mark.setAttribute("x1", x(inside));
    mark.setAttribute("x2", x(inside));
    mark.setAttribute("visibility", "visible");
    tell(inside);
  });
  drawn.addEventListener("pointerleave", () => { mark.setAttribute("visibility", "hidden"); tell(); });
  return drawn;
};

// Rows with a bar each: [name, share, text, class].
const bars = (rows) => {
  const list = element("div", { class: "rows" });
  for (const [name, share, text, kind] of rows) {
    const filled = element("i", { style: `width:${Math.min(100, Math.max(share > 0 ? 1 : 0, share * 100)).toFixed(1)}%` });
    list.append(
      element("span", { class: "name", title: name }, name),
      element("span", { class: `bar ${kind ?? ""}` }, filled),
      element("span", { class: "value" }, text),
    );
  }
  return list;
};
