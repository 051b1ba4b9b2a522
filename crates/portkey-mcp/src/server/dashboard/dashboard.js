// The dashboard: what `show_dashboard` answered, and calls of it for other periods and workspaces.
const TOOL = "show_dashboard";
const PERIODS = ["24h", "7d", "30d", "90d"];
const $ = (id) => document.getElementById(id);
let chosen = { period: "7d" };
let asked = 0;
let last;

const say = (text, bad = false) => {
  $("state").textContent = text;
  $("state").classList.toggle("bad", bad);
};

const fill = (id, ...inside) => $(id).replaceChildren($(id).querySelector("h2"), ...inside);

// A panel with a large figure, what is said beside it, and a chart.
const figure = (id, large, beside, chart, names) => {
  const line = element("div", { class: "beside" }, beside);
  const legend = element("div", { class: "legend" });
  names?.forEach((name, place) => legend.append(element("span", { class: `l${place}` }, element("i"), name)));
  const tell = (text) => { line.textContent = text ?? beside; };
  fill(id, element("div", { class: "figure" }, large), line, ...(names ? [legend] : []), chart(tell));
};

const series = (answer, ...names) => {
  const points = answer.data_points ?? [];
  const zero = answer.zero_in_all_points ?? [];
  const value = (point, name) => point[name] ?? (zero.includes(name) ? 0 : NaN);
  return [points.map((point) => point.timestamp), names.map((name) => [name, points.map((point) => value(point, name))])];
};

const over = (answer, names, write, axis, tell) => {
  const [times, all] = series(answer, ...names);
  if (!times.length) return element("p", { class: "beside" }, "No requests in this period.");
  const told = (place) => tell(place === undefined ? undefined
    : `${moment(times[place])}: ${all.map(([name, values]) => (all.length > 1 ? `${name} ` : "") + write(values[place])).join(", ")}`);
  // A picture as wide as its panel, so that its text is as large as other text.
  const width = Math.max(220, $("spend").clientWidth - 31);
  return lines(width, times, all, axis, told);
};

const panels = {
  spend: ({ spend, requests }) => figure("spend", dollars(spend.summary?.total_usd ?? 0),
    `${count(requests?.summary?.total ?? 0)} requests, ${dollars(spend.summary?.avg_usd ?? 0)} each`,
    (tell) => over(spend, ["total_usd"], dollars, (value) => `$${short.format(value)}`, tell)),
  errors: ({ errors, requests }) => {
    const total = errors.summary?.total ?? 0;
    const all = requests?.summary?.total;
    const share = all ? `${number(2).format(total / all * 100)}% of requests` : "failed requests";
    figure("errors", count(total), share, (tell) => over(errors, ["total"], count, short.format, tell));
  },
  latency: ({ latency }) => {
    const { avg, p50, p90, p99 } = latency.summary ?? {};
    const parts = [["average", avg], ["p50", p50], ["p90", p90]].filter(([, value]) => Number.isFinite(value));
    figure("latency", `p99 ${milliseconds(p99 ?? 0)}`, parts.map(([name, value]) => `${name} ${milliseconds(value)}`).join(", "),
      (tell) => over(latency, ["p50", "p90", "p99"], milliseconds, (value) => `${short.format(value)} ms`, tell), ["p50", "p90", "p99"]);
  },
  models: ({ models }) => {
    const rows = (models.data ?? []).map((row) => [String(row.ai_model ?? "(none)"), row.cost_usd ?? 0, row.requests ?? 0]);
    rows.sort((one, other) => other[1] - one[1]);
    const most = Math.max(...rows.map((row) => row[1]), Number.MIN_VALUE);
    const shown = rows.slice(0, 8).map(([name, cost, requests]) => [name, cost / most, `${dollars(cost)} · ${short.format(requests)} req.`]);
    fill("models", shown.length ? bars(shown) : element("p", { class: "beside" }, "No requests in this period."));
  },
  budgets: ({ budgets }) => {
    const rows = (budgets.data ?? []).map(({ name, used, limit, unit, status }) => {
      const [write, what] = unit === "cost" ? [dollars, ""] : [count, ` ${unit ?? ""}`];
      const share = limit > 0 && used ? used / limit : 0;
      const kind = share >= 1 || status === "exhausted" ? "over" : share >= 0.8 ? "near" : "";
      const said = Number.isFinite(used) ? `${write(used)} of ${write(limit)}${what}` : `limit ${write(limit)}${what}`;
      // Ids are long, and their beginning tells them apart. Whose metadata it is, needs no key.
      const shown = String(name).replace(/([0-9a-f]{8})-[0-9a-f-]{27}/g, "$1…").replaceAll("metadata._user:", "").replaceAll("metadata.", "");
      return [shown, share, said, kind];
    });
    rows.sort((one, other) => other[1] - one[1]);
    fill("budgets", rows.length ? bars(rows) : element("p", { class: "beside" }, "No budgets are set."));
  },
};

const show = (told) => {
  const { period, workspace, workspaces, sandbox } = told;
  chosen = { period, ...(workspace ? { workspace } : {}) };
  $("sandbox").hidden = !sandbox;
  const options = (workspaces ?? []).map(({ slug, name }) => element("option", { value: slug }, name || slug));
  if (workspaces) $("workspace").replaceChildren(element("option", { value: "" }, "All workspaces"), ...options);
  choose();
  last = told;
  $("panels").hidden = false;
  draw();
};

const draw = () => {
  const told = last;
  for (const [id, panel] of Object.entries(panels)) {
    const problem = told.problems?.[id];
    try {
      if (problem || !told[id]) fill(id, element("p", { class: "problem" }, problem ?? "This was not answered."));
      else panel(told);
    } catch (error) {
      fill(id, element("p", { class: "problem" }, `This cannot be drawn: ${error.message}`));
    }
  }
};

const choose = () => {
  for (const input of $("periods").querySelectorAll("input")) input.checked = input.value === chosen.period;
  $("workspace").value = chosen.workspace ?? "";
};

// What a call of the tool answered, or what failed.
const take = (result) => {
  const texts = (result.content ?? []).filter((block) => block.type === "text").map((block) => block.text);
  busy(false);
  if (result.isError || !result.structuredContent) return say(texts.join("\n") || "The tool answered nothing.", true);
  say("");
  show(result.structuredContent);
  tellSize();
};

const busy = (is) => {
  for (const control of $("choices").elements) control.disabled = is;
  $("panels").classList.toggle("stale", is);
};

const call = async () => {
  const turn = ++asked;
  busy(true);
  say("Asking Portkey…");
  try {
    const result = await host.request("tools/call", { name: TOOL, arguments: chosen });
    if (turn === asked) take(result);
  } catch (error) {
    if (turn !== asked) return;
    busy(false);
    say(`The host did not make the call: ${error.message}`, true);
  }
};

for (const period of PERIODS) {
  const input = element("input", { type: "radio", name: "period", value: period });
  $("periods").append(element("label", {}, input, period));
}
choose();
$("choices").addEventListener("change", () => {
  const period = $("periods").querySelector(":checked")?.value ?? chosen.period;
  const workspace = $("workspace").value;
  chosen = { period, ...(workspace ? { workspace } : {}) };
  call();
});
$("choices").addEventListener("submit", (event) => event.preventDefault());
$("refresh").addEventListener("click", call);

host.on("ui/notifications/host-context-changed", dress);
host.on("ui/notifications/tool-input", ({ arguments: given }) => {
  chosen = { period: PERIODS.includes(given?.period) ? given.period : "7d", ...(given?.workspace ? { workspace: given.workspace } : {}) };
  choose();
  busy(true);
  say("Asking Portkey…");
});
host.on("ui/notifications/tool-result", take);
host.on("ui/notifications/tool-cancelled", ({ reason }) => { busy(false); say(`The call was cancelled${reason ? `: ${reason}` : ""}.`, true); });

dress({});
let width = 0;
// A picture that is drawn in the turn of the observer would be observed in the same turn again.
new ResizeObserver(() => setTimeout(() => {
  if (last && width !== document.documentElement.clientWidth) draw();
  width = document.documentElement.clientWidth;
  tellSize();
})).observe(document.documentElement);
host.request("ui/initialize", {
  appInfo: { name: "portkey-dashboard", version: "/* version */" },
  appCapabilities: { availableDisplayModes: ["inline", "fullscreen"] },
  protocolVersion: "2026-01-26",
}).then(({ hostContext }) => {
  dress(hostContext ?? {});
  host.notify("ui/notifications/initialized");
  if (!$("state").classList.contains("bad") && $("panels").hidden) say("Waiting for the answer…");
}).catch((error) => say(`The host does not speak the protocol of MCP Apps: ${error.message}`, true));
