// People of a team: keys issued and shown once, budgets and what was used of them.

import { ask, complain, el, moment, number, say, t, table } from "./page.js";

const LIMITS = [["requests_per_minute", "requests_this_minute", "per_minute"], ["tokens_per_day", "tokens_today", "per_day"], ["roubles_per_month", "roubles_this_month", "per_month"]];

export async function show(place, left) {
  const told = await ask("clients", { signal: left });
  if (left.aborted) return;
  const again = () => show(place, left).catch(complain);
  const send = async (path, body) => {
    try {
      const made = await ask(path, { method: "POST", body });
      if (made.key) showKey(made);
      await again();
    } catch (error) { complain(error); }
  };
  place.replaceChildren(...[
    el("p", { class: "row" }, el("button", { class: "primary", onclick: () => edit(null, send) }, t("add_client"))),
    table([[t("client")], ...LIMITS.map(([, , word]) => [t(word), true]), [t("models")], [t("expires")], ["\u00a0"]],
      told.clients.map((one) => el("tr", {},
        el("td", {}, one.name, one.revoked || one.expired ? el("span", { class: "bad" }, ` ${t(one.revoked ? "revoked" : "expired")}`) : null),
        ...LIMITS.map(([limit, used]) => el("td", { class: "number" }, `${number(one.usage[used], 2)}${one.budget[limit] ? ` / ${number(one.budget[limit])}` : ""}`)),
        el("td", { class: "wrap" }, (one.budget.models ?? []).join(", ")),
        el("td", {}, one.budget.expires ? moment(Date.parse(one.budget.expires) / 1000) : ""),
        el("td", {}, el("div", { class: "row tight" },
          el("button", { onclick: () => edit(one, send) }, t("budget")),
          el("button", { onclick: () => confirmed("rotate_sure", one.name, () => send("clients/rotate", { name: one.name })) }, t("rotate")),
          one.revoked ? null : el("button", { onclick: () => confirmed("revoke_sure", one.name, () => send("clients/revoke", { name: one.name })) }, t("revoke")))))),
      t("no_clients")),
    told.fixed.length ? el("p", { class: "quiet" }, t("fixed_clients", { names: told.fixed.join(", ") })) : "",
  ]);
}

function box(label, ...inside) {
  const dialog = el("dialog", { "aria-label": label, onclose: () => dialog.remove() }, el("h2", {}, label), ...inside);
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

function edit(one, send) {
  const budget = one?.budget ?? {};
  const name = el("input", { id: "c-name", value: one?.name ?? "", disabled: Boolean(one), required: true });
  const limits = LIMITS.map(([limit, , word]) => [limit, el("input", { id: `c-${limit}`, type: "number", min: 0, step: "any", value: budget[limit] ?? "" }), word]);
  const models = el("input", { id: "c-models", value: (budget.models ?? []).join(", "), placeholder: "GigaChat-2, GigaChat-2-*" });
  const expires = el("input", { id: "c-expires", type: "date", value: budget.expires ? budget.expires.slice(0, 10) : "" });
  const field = (word, input) => el("div", { class: "field" }, el("label", { for: input.id }, t(word)), input);
  const form = el("form", { method: "dialog", class: "field", onsubmit: () => send(one ? "clients/change" : "clients/add", {
    name: name.value.trim(),
    budget: { ...Object.fromEntries(limits.map(([limit, input]) => [limit, Number(input.value) || 0])),
      models: models.value.split(",").map((model) => model.trim()).filter(Boolean),
      expires: expires.value ? Date.parse(`${expires.value}T23:59:59Z`) / 1000 : null },
  }) },
  field("client", name), ...limits.map(([, input, word]) => field(word, input)), field("models", models), field("expires", expires),
  el("p", { class: "quiet" }, t("zero_is_none")),
  el("p", { class: "row" }, el("button", { class: "primary" }, t("save")), el("button", { type: "button", onclick: () => dialog.close() }, t("close"))));
  const dialog = box(t(one ? "budget" : "add_client"), form);
}

function showKey({ name, key }) {
  const shown = el("pre", { id: "new-key", tabindex: 0 }, key);
  const copy = async () => {
    try { await navigator.clipboard.writeText(key); say(t("copied")); } catch { getSelection().selectAllChildren(shown); }
  };
  const dialog = box(t("key_of", { name }), el("p", {}, t("shown_once")), shown,
    el("p", { class: "row" }, el("button", { class: "primary", onclick: copy }, t("copy")), el("button", { onclick: () => dialog.close() }, t("close"))));
}

function confirmed(word, name, go) {
  const dialog = box(name, el("p", {}, t(word, { name })),
    el("p", { class: "row" }, el("button", { class: "primary", onclick: () => { dialog.close(); go(); } }, t("yes")), el("button", { onclick: () => dialog.close() }, t("close"))));
}
