// What all views share: the API, words, and elements made of text alone.

const data = JSON.parse(document.getElementById("data").textContent);
export const { texts, lang, form, views } = data;

export const t = (name, values = {}) =>
  (texts[name] ?? name).replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");

const SVG = new Set(["svg", "g", "rect", "line", "text", "title"]);

/** An element: attributes, "on…" listeners, children as text or nodes.  No HTML is ever parsed. */
export function el(name, attributes = {}, ...children) {
  const node = SVG.has(name)
    ? document.createElementNS("http://www.w3.org/2000/svg", name)
    : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(
    ...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false),
  );
  return node;
}

export async function ask(path, { method = "GET", body, signal } = {}) {
  const headers = { accept: "application/json" };
  if (method !== "GET") headers["x-gigagate-form"] = form;
  if (body !== undefined) headers["content-type"] = "application/json";
  const answer = await fetch(`/admin/api/${path}`, {
    method,
    headers,
    signal,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (answer.status === 401) location.reload();
  const told = await answer.json();
  if (!answer.ok) throw failure(told.error, answer.statusText);
  return told;
}

/** An error of the API in the reader's words, where there are some for its code. */
export function failure(error, otherwise) {
  const code = `error_${error?.code}`;
  const said = error?.message ?? otherwise;
  return new Error(lang !== "en" && texts[code] ? `${texts[code]}. ${said}` : said);
}

let hidden;
export function say(text) {
  const place = document.getElementById("said");
  place.textContent = text;
  clearTimeout(hidden);
  hidden = setTimeout(() => {
    place.textContent = "";
  }, 8000);
}

export const complain = (error) => say(`${t("failed")} ${error.message}`);

/** The head of a view: its name, and beside it what acts on all of it. */
export const heading = (word, ...beside) =>
  el("div", { class: "heading" }, el("h2", {}, t(word)), beside);

export const field = (word, input, note) =>
  el(
    "div",
    { class: "field" },
    el("label", { for: input.id }, t(word)),
    input,
    note ? el("p", { class: "quiet" }, note) : null,
  );

export const searchField = (word, oninput) =>
  el("input", { type: "search", placeholder: t(word), "aria-label": t(word), oninput });

export const check = (word, input) => el("label", { class: "check" }, input, t(word));

/** A client's name, for people. */
export const clientName = (name) => (name === "anonymous" ? t("anonymous") : name);

/** The names in a list with commas. */
export const names = (text) =>
  text
    .split(",")
    .map((one) => one.trim())
    .filter(Boolean);

/** What fields with the list "names" suggest. */
export const suggested = (models) =>
  el(
    "datalist",
    { id: "names" },
    models.map((one) => el("option", { value: one.name })),
  );

/** What was changed in a request, as a list. */
export const rewrites = (notes) =>
  notes?.length
    ? el(
        "ul",
        {},
        notes.map((note) => el("li", {}, el("code", {}, note.kind), ` ${note.text}`)),
      )
    : el("p", { class: "quiet" }, t("no_rewrites"));

/** Columns: [name, options of "number", "wide" (not on a phone)].  Rows: elements tr.
 * shape, on a phone: "stacked", a cell a line with its column's name; "brief", as panel.css has it. */
export function table(name, columns, rows, empty, shape) {
  if (!rows.length) return el("p", { class: "card empty" }, empty ?? t("nothing"));
  const head = columns.map(([column, kind]) =>
    el("th", { scope: "col", class: kind ?? null }, column),
  );
  if (shape === "stacked") {
    for (const row of rows)
      [...row.children].forEach((cell, i) => {
        cell.dataset.label = columns[i][0].trim();
      });
  }
  return el(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": name },
    el("table", { class: shape }, el("thead", {}, el("tr", {}, head)), el("tbody", {}, rows)),
  );
}

/** Buttons of which one is pressed; options: [name, what it says]. */
export function choice(label, options, chosen, choose) {
  const buttons = options.map(([name, said]) =>
    el("button", { type: "button", "aria-pressed": String(name === chosen) }, said),
  );
  buttons.forEach((button, i) => {
    button.addEventListener("click", () => {
      for (const one of buttons) one.setAttribute("aria-pressed", String(one === button));
      choose(options[i][0]);
    });
  });
  return el("div", { class: "tabs", role: "group", "aria-label": label }, buttons);
}

/** A dialog; whoever closes it gets rid of it. */
export function box(label, ...inside) {
  const dialog = el(
    "dialog",
    { "aria-label": label, onclose: () => dialog.remove() },
    el(
      "div",
      { class: "heading" },
      el("h2", {}, label),
      el(
        "button",
        { class: "close", type: "button", "aria-label": t("close"), onclick: () => dialog.close() },
        "×",
      ),
    ),
    ...inside,
  );
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** A button that leaves the dialog it stands in. */
export const leaving = (word) =>
  el(
    "button",
    { type: "button", onclick: (event) => event.target.closest("dialog").close() },
    t(word),
  );

/** Text to take along, with a button that copies it. */
export function code(text, label) {
  const shown = el("pre", { tabindex: 0, "aria-label": label }, text);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(shown.textContent);
      say(t("copied"));
    } catch {
      getSelection().selectAllChildren(shown);
    }
  };
  return el(
    "div",
    { class: "code" },
    shown,
    el("button", { type: "button", onclick: copy }, t("copy")),
  );
}
