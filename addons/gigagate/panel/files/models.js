// Which model answers which name: edited here, written to the settings file.

import { ask, complain, el, number, say, t, table } from "./page.js";

const FIELDS = [["default", "default_model"], ["light", "light_model"], ["embeddings", "embedding_model"]];

export async function show(place, left) {
  const told = await ask("models", { signal: left });
  if (left.aborted) return;
  place.replaceChildren();
  const names = el("datalist", { id: "names" }, told.known.map((one) => el("option", { value: one.name })));
  const inputs = Object.fromEntries(FIELDS.map(([name]) => [name, el("input", { value: told[name], list: "names", id: `model-${name}` })]));
  const rows = el("tbody");
  const alias = (name = "", meant = "") => rows.append(el("tr", {},
    el("td", {}, el("input", { value: name, "aria-label": t("alias"), placeholder: "gpt-*" })),
    el("td", {}, el("input", { value: meant, list: "names", "aria-label": t("means") })),
    el("td", {}, el("button", { onclick: (event) => event.target.closest("tr").remove() }, t("remove")))));
  for (const [name, meant] of Object.entries(told.aliases)) alias(name, meant);
  const send = async (path, body, word) => {
    try { await ask(path, { method: "POST", body }); say(t(word)); await show(place, left); } catch (error) { complain(error); }
  };
  const save = () => send("models", {
    ...Object.fromEntries(FIELDS.map(([name]) => [name, inputs[name].value])),
    aliases: Object.fromEntries([...rows.children].map((row) => [...row.querySelectorAll("input")].map((input) => input.value.trim())).filter(([name]) => name)),
  }, "saved");
  place.append(names,
    el("section", { class: "cards" }, FIELDS.map(([name, word]) => el("div", { class: "card field" }, el("label", { for: `model-${name}` }, t(word)), inputs[name]))),
    el("section", {}, el("h2", {}, t("aliases")),
      el("div", { class: "scroll" }, el("table", {}, el("thead", {}, el("tr", {}, el("th", {}, t("alias")), el("th", {}, t("means")), el("th", {}, "\u00a0"))), rows)),
      el("p", { class: "row" }, el("button", { onclick: () => alias() }, t("add")), el("button", { class: "primary", onclick: save }, t("save")),
        el("button", { disabled: !told.can_undo, onclick: () => send("models/undo", {}, "undone") }, t("undo"))),
      el("p", { class: "quiet" }, t("saved_to", { file: told.file }))),
    el("section", {}, el("h2", {}, t("known_models")), table(
      [[t("model")], [t("window"), true], [t("max_output"), true], [t("pictures")], [t("price"), true]],
      told.known.map((one) => el("tr", {}, el("td", {}, one.name), el("td", { class: "number" }, number(one.context_window)),
        el("td", { class: "number" }, number(one.max_output)), el("td", {}, one.pictures ? "✓" : ""),
        el("td", { class: "number" }, one.price === null ? "" : number(one.price, 2)))))));
}
