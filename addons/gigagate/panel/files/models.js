// Which model answers which name, and which one stands in: edited here, written to the settings file.

import { fine, number } from "./locale.js";
import { ask, complain, el, field, heading, names, say, suggested, t, table } from "./page.js";
import { oldStay } from "./settings.js";

const FIELDS = [
  ["default", "default_model"],
  ["light", "light_model"],
  ["embeddings", "embedding_model"],
];

export async function show(place, left) {
  const told = await ask("models", { signal: left });
  if (left.aborted) return;
  const inputs = Object.fromEntries(
    FIELDS.map(([name]) => [
      name,
      el("input", {
        value: told[name],
        list: "names",
        id: `model-${name}`,
        required: true,
        disabled: name in told.set_by,
      }),
    ]),
  );
  const aliases = pairs(
    "aliases",
    ["alias", "gpt-*"],
    ["means", "GigaChat-2-Max"],
    Object.entries(told.aliases),
  );
  const fallback = pairs(
    "fallback",
    ["fallback_of", "GigaChat-2-Max"],
    ["fallback_to", "GigaChat-2-Pro, GigaChat-2"],
    Object.entries(told.fallback).map(([name, instead]) => [name, instead.join(", ")]),
  );
  const send = async (path, body, word) => {
    try {
      const { refused } = await ask(path, { method: "POST", body });
      say(refused ? t("saved_unused", { why: refused }) : t(word));
      await show(place, left);
    } catch (error) {
      complain(error);
    }
  };
  const save = (event) => {
    event.preventDefault();
    return send(
      "models",
      {
        ...Object.fromEntries(
          FIELDS.filter(([name]) => !(name in told.set_by)).map(([name]) => [
            name,
            inputs[name].value,
          ]),
        ),
        aliases: Object.fromEntries(aliases.values()),
        fallback: Object.fromEntries(
          fallback.values().map(([name, instead]) => [name, names(instead)]),
        ),
      },
      "saved",
    );
  };
  place.replaceChildren(
    suggested(told.known),
    el(
      "form",
      { onsubmit: save },
      heading(
        "models",
        el("button", { class: "primary" }, t("save")),
        el(
          "button",
          {
            type: "button",
            id: "undo",
            disabled: !told.can_undo,
            onclick: () => send("models/undo", {}, "undone"),
          },
          t("undo"),
        ),
      ),
      oldStay(told),
      el(
        "section",
        { class: "card three" },
        FIELDS.map(([name, word]) => {
          const variable = told.set_by[name];
          return field(word, inputs[name], variable && t("set_by", { variable }));
        }),
      ),
      el("section", { class: "columns" }, aliases.shown, fallback.shown),
      el("p", { class: "quiet" }, t("saved_to", { file: told.file })),
    ),
    el("h3", { class: "apart" }, t("known_models")),
    table(
      t("known_models"),
      [
        [t("model")],
        [t("window"), "number"],
        [t("max_output"), "number"],
        [t("pictures")],
        [t("price"), "number"],
      ],
      told.known.map((one) =>
        el(
          "tr",
          {},
          el("td", {}, one.name),
          el("td", { class: "number" }, one.context_window ? number(one.context_window) : "—"),
          el("td", { class: "number" }, one.max_output ? number(one.max_output) : "—"),
          el("td", {}, t(one.pictures ? "yes" : "no")),
          el("td", { class: "number" }, one.price === null ? "—" : fine(one.price)),
        ),
      ),
    ),
  );
}

/** An editor of pairs of names, each a row that can be taken away. */
function pairs(word, [left, example], [right, meant], given) {
  const rows = el("div", { class: "pairs" }),
    none = el("p", { class: "quiet" }, t(`no_${word}`));
  const input = (label, value, placeholder) =>
    el("input", {
      value,
      placeholder,
      "aria-label": t(label),
      required: true,
      list: placeholder === "gpt-*" ? null : "names",
    });
  const add = (name = "", to = "") => {
    const row = el(
      "div",
      { class: "pair" },
      input(left, name, example),
      el("span", { "aria-hidden": "true" }, "→"),
      input(right, to, meant),
      el(
        "button",
        {
          type: "button",
          class: "close",
          "aria-label": `${t("remove")}: ${name || t(left)}`,
          onclick: () => {
            row.remove();
            none.hidden = rows.childElementCount > 0;
          },
        },
        "×",
      ),
    );
    rows.append(row);
    none.hidden = true;
    return row;
  };
  for (const [name, to] of given) add(name, to);
  return {
    shown: el(
      "div",
      { class: "card" },
      el("h3", {}, t(word)),
      el("p", { class: "quiet" }, t(`${word}_note`)),
      rows,
      none,
      el(
        "button",
        { type: "button", onclick: () => add().querySelector("input").focus() },
        t("add"),
      ),
    ),
    values: () =>
      [...rows.children].map((row) =>
        [...row.querySelectorAll("input")].map((one) => one.value.trim()),
      ),
  };
}
