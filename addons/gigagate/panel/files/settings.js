// The settings in force, secrets as dots.

import { ask, el, t, table } from "./page.js";

const shown = (value) => (value === null ? "—" : typeof value === "object" ? JSON.stringify(value) : String(value));

export async function show(place, left) {
  const told = await ask("settings", { signal: left });
  if (left.aborted) return;
  const only = el("input", { type: "checkbox", onchange: () => draw() });
  const list = el("div");
  function draw() {
    list.replaceChildren(table([[t("setting")], [t("value")], [t("variable")]],
      told.settings.filter((row) => !only.checked || row.changed).map((row) => el("tr", {},
        el("td", {}, el("code", {}, row.key)), el("td", { class: "wrap" }, row.changed ? el("b", {}, shown(row.value)) : shown(row.value)),
        el("td", {}, row.variable ? el("code", {}, row.variable) : "")))));
  }
  place.append(el("div", { class: "row" }, el("label", { class: "check" }, only, t("not_default")), el("span", { class: "quiet" }, told.files.join(" · "))), list);
  draw();
}
