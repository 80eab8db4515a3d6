// What all views share: the API, words, elements made of text alone, numbers by locale.

const data = JSON.parse(document.getElementById("data").textContent);
export const texts = data.texts;
export const lang = data.lang;
export const form = data.form;
export const views = data.views;

export const t = (name, values = {}) =>
  (texts[name] ?? name).replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");

/** An element: attributes, "on…" listeners, children as text or nodes.  No HTML is ever parsed. */
export function el(name, attributes = {}, ...children) {
  const svg = ["svg", "rect", "title"].includes(name);
  const node = svg ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

export async function ask(path, { method = "GET", body, signal } = {}) {
  const headers = { accept: "application/json" };
  if (method !== "GET") headers["x-gigagate-form"] = form;
  if (body !== undefined) headers["content-type"] = "application/json";
  const answer = await fetch(`/admin/api/${path}`, {
    method, headers, signal, body: body === undefined ? undefined : JSON.stringify(body) });
  if (answer.status === 401) location.reload();
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.error?.message ?? answer.statusText);
  return told;
}

let hidden;
export function say(text) {
  const place = document.getElementById("said");
  place.textContent = text;
  clearTimeout(hidden);
  hidden = setTimeout(() => { place.textContent = ""; }, 6000);
}

export const complain = (error) => say(`${t("failed")} ${error.message}`);

export const number = (value, digits = 0) =>
  value.toLocaleString(lang, { minimumFractionDigits: 0, maximumFractionDigits: digits });
export const money = (value) => `${number(value, 2)} ₽`;
export const clock = (seconds) => new Date(seconds * 1000).toLocaleTimeString(lang);
export const moment = (seconds) => new Date(seconds * 1000).toLocaleString(lang);
export const time = (ms) => (ms < 10000 ? `${number(ms)} ${t("milliseconds")}` : `${number(ms / 1000, 1)} ${t("seconds")}`);
export function span(seconds) {
  if (seconds >= 86400) return `${number(Math.floor(seconds / 86400))} ${t("days")} ${Math.floor(seconds / 3600) % 24} ${t("hours")}`;
  if (seconds >= 3600) return `${Math.floor(seconds / 3600)} ${t("hours")} ${Math.floor(seconds / 60) % 60} ${t("minutes")}`;
  return seconds >= 60 ? `${Math.floor(seconds / 60)} ${t("minutes")}` : `${Math.floor(seconds)} ${t("seconds")}`;
}

export function table(columns, rows, empty) {
  if (!rows.length) return el("div", { class: "scroll" }, el("p", { class: "empty" }, empty ?? "—"));
  const head = columns.map(([name, right]) => el("th", { scope: "col", class: right ? "number" : null }, name));
  return el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": columns[0][0] },
    el("table", {}, el("thead", {}, el("tr", {}, head)), el("tbody", {}, rows)));
}

/** Bars from the bottom; `series` are stacked, each [values, class]. */
export function chart(series, from, step, label) {
  const count = series[0][0].length;
  const most = Math.max(1e-9, ...series[0][0].map((_, i) => series.reduce((sum, [values]) => sum + values[i], 0)));
  const svg = el("svg", { class: "chart", viewBox: `0 0 ${count * 10} 100`, preserveAspectRatio: "none", role: "img", "aria-label": label });
  for (let i = 0; i < count; i += 1) {
    let top = 100;
    for (const [values, kind, shown] of series) {
      const height = (values[i] / most) * 100;
      top -= height;
      if (height) svg.append(el("rect", { x: i * 10 + 1, width: 8, y: top, height, class: kind },
        el("title", {}, `${moment(from + i * step)}: ${(shown ?? number)(values[i])}`)));
    }
  }
  return svg;
}
