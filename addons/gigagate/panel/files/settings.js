// The settings in force, secrets as dots, and where each comes from.

import { fine } from "./locale.js";
import { ask, check, el, heading, searchField, t, table } from "./page.js";

function shown(value) {
  if (value === null || value === "") return "—";
  if (typeof value === "boolean") return t(value ? "yes" : "no");
  if (typeof value !== "object") return typeof value === "number" ? fine(value) : value;
  const lines = Array.isArray(value)
    ? value
    : Object.entries(value).map(([name, one]) => `${name}: ${one}`);
  return lines.join("\n") || "—";
}

/** What stands above settings of which the files say otherwise. */
export const oldStay = ({ refused }) =>
  refused ? el("p", { class: "warning" }, t("files_refused"), " ", refused) : null;

export async function show(place, left) {
  const told = await ask("settings", { signal: left });
  if (left.aborted) return;
  const only = el("input", { type: "checkbox", onchange: () => draw() });
  const search = searchField("search", () => draw());
  const list = el("div");
  function draw() {
    const words = search.value.trim().toLowerCase();
    list.replaceChildren(
      table(
        t("settings"),
        [[t("setting")], [t("value")], [t("where_from")]],
        told.settings
          .filter(
            (row) =>
              (!only.checked || row.changed) &&
              `${row.key} ${row.variable}`.toLowerCase().includes(words),
          )
          .map((row) =>
            el(
              "tr",
              {},
              el("td", {}, el("code", {}, row.key)),
              el(
                "td",
                { class: "wrap lines" },
                row.changed ? el("b", {}, shown(row.value)) : shown(row.value),
              ),
              el(
                "td",
                {},
                row.from === "default"
                  ? el("span", { class: "quiet" }, t("by_default"))
                  : el("code", {}, row.from),
              ),
            ),
          ),
        t("none_fits"),
        "stacked",
      ),
    );
  }
  place.append(
    heading("settings", search, check("not_default", only)),
    ...[oldStay(told)].filter(Boolean),
    list,
    el(
      "p",
      { class: "quiet" },
      told.files.length ? t("files_read", { files: told.files.join(", ") }) : t("no_files"),
    ),
  );
  draw();
}
