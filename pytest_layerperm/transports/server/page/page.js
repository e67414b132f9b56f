"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const find = (id) => document.getElementById(id);
const open = new Set();            // ARNs whose policy is shown
const filters = { layers: "", calls: "" };
let seen = null;                   // number of calls at the last look, to recognize new ones
let current = null;                // what is shown

/* An element; text is inserted as text, never as markup. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick" || name === "oninput") element[name] = value;
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}
const count = (number, one, many) => `${number} ${number === 1 ? one : many}`;
const matches = (filter, ...texts) => texts.join(" ").toLowerCase().includes(filter.trim().toLowerCase());
const place = (layer) => `${layer.name}:${layer.version}`;
const chip = (statement) => make("span", { class: `chip ${statement.way}`, title: statement.sid }, statement.sid);

const legend = () => make("ul", { class: "legend", "aria-label": "Kinds of grants" },
  ...[["account", "named account"], ["organization", "organization"], ["public", "everyone"]].map(([way, text]) =>
    make("li", {}, make("span", { class: `chip ${way}` }, "statement"), text)));

function section(id, title, extra, ...children) {
  return make("section", { "aria-labelledby": id }, make("div", { class: "head" }, make("h2", { id }, ...[title].flat()), ...extra), ...children);
}

function filterBox(kind) {
  const input = make("input", { type: "search", "data-key": `filter-${kind}`, oninput: (event) => { filters[kind] = event.target.value; draw(); } });
  input.value = filters[kind];
  return make("label", {}, "Filter", input);
}

const scrolling = (name, table) => make("div", { class: "scroll", role: "region", "aria-label": name, tabindex: "0", "data-key": name }, table);

/* --- who may use what */

function columnsOf(state) {
  const everyone = { title: "everyone", small: "*", kind: "public", cell: (layer) => layer.statements.filter((s) => s.way === "public") };
  const organizations = state.organizations.map((id) => ({ title: id, small: "organization", kind: "organization",
    cell: (layer) => layer.statements.filter((s) => s.organization_id === id && s.principal === "*") }));
  const accounts = state.accounts.map(({ account_id: id, organization_id: organization }) => ({
    title: id, kind: "account", owner: (layer) => layer.account_id === id,
    small: [id === state.account_id ? "default account" : "account", organization].filter(Boolean).join(", in "),
    cell: (layer) => (layer.access[id] || []).map((index) => layer.statements[index]) }));
  return [everyone, ...organizations, ...accounts];
}

function cellOf(column, layer) {
  const statements = column.cell(layer);
  const owner = column.owner && column.owner(layer);
  if (owner) return make("td", {}, make("span", { class: "owner" }, "owner"));
  if (statements.length) return make("td", { class: column.kind === "public" ? "public" : null }, ...statements.flatMap((statement) => [chip(statement), " "]));
  return make("td", {}, make("span", { class: "no", "aria-hidden": "true" }, "–"), make("span", { class: "unseen" }, "no"));
}

function rowsOf(layer, columns) {
  const shown = open.has(layer.arn);
  const id = `policy-${layer.arn}`;
  const toggle = () => { shown ? open.delete(layer.arn) : open.add(layer.arn); draw(); };
  const none = layer.revision_id === null ? "no policy" : layer.policy === null ? "policy emptied" : null;
  const rows = [make("tr", {},
    make("th", { scope: "row" }, make("div", { class: "layer" },
      make("span", {}, make("b", {}, place(layer)), make("small", {}, [layer.region_name, none].filter(Boolean).join(" · "))),
      make("button", { type: "button", "aria-expanded": String(shown), "aria-controls": id, "data-key": `toggle-${layer.arn}`,
        "aria-label": `Policy of ${layer.arn}`, onclick: toggle }, "policy"))),
    ...columns.map((column) => cellOf(column, layer)))];
  if (shown) {
    const text = layer.policy === null ? "The policy has no statements." : JSON.stringify(JSON.parse(layer.policy), null, 2);
    const heading = `${layer.arn}\ncreated ${layer.created}${layer.description ? `, ${layer.description}` : ""}\nrevision ${layer.revision_id ?? "none"}`;
    rows.push(make("tr", { class: "policy", id }, make("td", { colspan: columns.length + 1 }, make("pre", { tabindex: "0" }, `${heading}\n\n${text}`))));
  }
  return rows;
}

function matrix(state) {
  const title = "Who may use which layer version";
  if (!state.layers.length) return section("layers", title, [], make("p", { class: "empty" }, "No layer version exists."));
  const columns = columnsOf(state);
  const groups = new Map();
  for (const layer of state.layers) {
    if (!matches(filters.layers, layer.arn, layer.description ?? "", ...layer.statements.map((s) => `${s.sid} ${s.principal}`))) continue;
    const key = layer.arn.slice(0, layer.arn.lastIndexOf(":"));
    groups.set(key, [layer, ...(groups.get(key) ?? [])]);
  }
  const head = make("tr", {}, make("th", { scope: "col" }, "layer version"),
    ...columns.map((column) => make("th", { scope: "col", class: "mono" }, column.title, make("small", {}, column.small))));
  const table = make("table", { class: "matrix" }, make("caption", { class: "unseen" }, "Rows are layer versions, columns are callers; a cell names the statements that allow the caller."),
    make("thead", {}, head), ...[...groups.values()].map((versions) => make("tbody", {}, ...versions.flatMap((layer) => rowsOf(layer, columns)))));
  const notes = [];
  if (!groups.size) notes.push(make("p", { class: "empty" }, "No layer version matches the filter."));
  if (state.layers_omitted) notes.push(make("p", { class: "empty" }, `${count(state.layers_omitted, "older layer version is", "older layer versions are")} not shown.`));
  return section("layers", title, [legend(), state.layers.length > 6 ? filterBox("layers") : null].filter(Boolean), scrolling("Layer versions and callers", table), ...notes);
}

/* --- calls */

const kindOf = (attempt) => attempt.status === null ? "bad" : attempt.status < 300 ? "good" : attempt.status === 429 || attempt.status >= 500 ? "wait" : "bad";
const layerOf = (call) => call.layer === null ? "" : call.layer.split(":layer:")[1];

function given(call) {
  const { LayerName, VersionNumber, Arn, ...rest } = call.parameters;
  return Object.entries(rest).filter(([name, value]) => value !== null && !(name === "Action" && value === "lambda:GetLayerVersion"))
    .map(([name, value]) => make("span", { class: "given" }, make("i", {}, `${name} `), typeof value === "string" ? value : JSON.stringify(value)));
}

function outcome(call) {
  const parts = [];
  call.attempts.forEach((attempt, index) => {
    if (index) parts.push(" → ");
    parts.push(make("span", { class: `chip ${kindOf(attempt)}` }, index === call.attempts.length - 1 ? attempt.outcome : String(attempt.status ?? attempt.outcome)));
  });
  const faults = call.attempts.map((attempt) => attempt.fault).filter(Boolean);
  if (faults.length) parts.push(make("span", { class: "fault" }, `injected: ${faults.join("; ")}`));
  return parts;
}

function callRow(call, fresh) {
  const labelled = (label, attributes, ...children) => make("td", { "data-label": label, role: "cell", ...attributes }, ...children);
  return make("tr", { role: "row", class: fresh ? "fresh" : null },
    labelled("time", { class: "time", title: call.time }, call.time.slice(11, 23)),
    labelled("account", { class: "mono" }, call.account_id),
    labelled("region", { class: "mono name" }, call.region_name),
    labelled("operation", {}, call.operation),
    labelled("layer", { class: "mono layer-name", title: call.layer }, layerOf(call)),
    labelled("with", {}, make("span", {}, ...given(call))),
    labelled("outcome", {}, make("span", {}, ...outcome(call))));
}

function calls(state, known) {
  const total = state.calls.length + state.calls_omitted;
  const title = ["Calls, newest first", make("small", {}, String(total))];
  if (!state.calls.length) return section("calls", title, [], make("p", { class: "empty" }, "The fake received no calls."));
  const text = (call) => [call.account_id, call.region_name, call.operation, call.layer ?? "", JSON.stringify(call.parameters), ...call.attempts.map((a) => `${a.outcome} ${a.fault ?? ""}`)];
  const shown = state.calls.map((call, index) => [call, known !== null && state.calls_omitted + index >= known]).filter(([call]) => matches(filters.calls, ...text(call))).reverse();
  const head = ["time", "account", "region", "operation", "layer", "with", "outcome"].map((name) => make("th", { scope: "col", role: "columnheader" }, name));
  const table = make("table", { class: "calls", role: "table", "aria-label": "Calls" }, make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, ...head)),
    make("tbody", { role: "rowgroup" }, ...shown.map(([call, fresh]) => callRow(call, fresh))));
  const notes = [];
  if (!shown.length) notes.push(make("p", { class: "empty" }, "No call matches the filter."));
  if (state.calls_omitted) notes.push(make("p", { class: "empty" }, `${count(state.calls_omitted, "earlier call is", "earlier calls are")} not shown.`));
  return section("calls", title, [filterBox("calls")], scrolling("Calls", table), ...notes);
}

function faults(state) {
  if (!state.faults.length) return null;
  const rows = state.faults.map((fault) => make("tr", {}, make("td", { class: "mono" }, fault.text),
    make("td", {}, fault.waiting ? "not triggered yet" : `triggered by ${count(fault.struck, "call", "calls")}`)));
  return section("faults", "Faults", [], make("div", { class: "scroll" }, make("table", { class: "faults" }, make("caption", { class: "unseen" }, "Injected faults"), make("tbody", {}, ...rows))));
}

function failure(test) {
  if (!test || test.details === null) return null;
  return make("section", { class: "failure", "aria-labelledby": "failure" }, make("div", { class: "head" }, make("h2", { id: "failure" }, "Why it failed")),
    test.failure ? make("pre", { tabindex: "0" }, test.failure) : null, test.details ? make("details", {}, make("summary", {}, "Full traceback"), make("pre", { tabindex: "0" }, test.details)) : null);
}

/* --- the whole */

function draw() {
  if (!current) return;
  const { state, test, known = null } = current;
  const focused = document.activeElement?.dataset?.key;
  const caret = document.activeElement?.selectionStart;
  const scrolled = new Map([...document.querySelectorAll(".scroll")].map((box) => [box.dataset.key, box.scrollLeft]));
  find("about").textContent = [`default account ${state.account_id} in ${state.region_name}`,
    state.waited ? `retries waited ${state.waited.toFixed(1)} s of virtual time` : null].filter(Boolean).join(" · ");
  find("main").replaceChildren(...[failure(test), matrix(state), faults(state), calls(state, known)].filter(Boolean));
  for (const box of document.querySelectorAll(".scroll")) box.scrollLeft = scrolled.get(box.dataset.key) ?? 0;
  const again = focused && [...document.querySelectorAll("[data-key]")].find((element) => element.dataset.key === focused);
  if (again) { again.focus({ preventScroll: true }); if (again.setSelectionRange) again.setSelectionRange(caret, caret); }
}

function showTest(index) {
  const test = data.tests[index];
  current = { state: test.state, test };
  find("title").textContent = test.name;
  document.title = `${test.name} - pytest-layerperm`;
  [...find("tests").children].forEach((button, place) => button.setAttribute("aria-current", String(place === index)));
  find("status").textContent = test.outcome;
  find("status").className = `status ${test.outcome === "passed" ? "live" : "lost"}`;
  draw();
}

function report() {
  if (!data.tests.length) {
    find("main").replaceChildren(make("p", { class: "empty" }, "This report has no test that used layerperm."));
    return;
  }
  find("tests").hidden = data.tests.length < 2;
  find("tests").replaceChildren(...data.tests.map((test, index) => make("button", { type: "button", title: test.name, onclick: () => showTest(index) }, test.name.split("::").pop())));
  showTest(0);
}

function status(text, kind) {
  if (find("status").textContent === text) return;
  find("status").textContent = text;
  find("status").className = `status ${kind}`;
}

let tag = null;
async function look() {
  try {
    const response = await fetch("/_layerperm/state", { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store" });
    if (response.status === 503) status("waiting for a test", "");
    else if (response.ok) {
      tag = response.headers.get("etag");
      const state = await response.json();
      const total = state.calls.length + state.calls_omitted;
      const same = current && current.state.fake === state.fake;
      current = { state, known: same ? seen : null };
      if (same && total > seen) find("news").textContent = `${count(total - seen, "new call", "new calls")}`;
      seen = total;
      find("title").textContent = state.test ?? "Layer permissions";
      draw();
      status("live", "live");
    } else if (response.status === 304) status("live", "live");
  } catch {
    status("the server has stopped; this was its last state", "lost");
  }
  setTimeout(look, 1000);
}

if (data.mode === "live") {
  find("main").replaceChildren(make("p", { class: "empty" }, "Waiting for the first state…"));
  look();
} else report();
