// People of a team: keys issued and shown once, budgets, and what was used day by day.

import { chart, meter, spark } from "./chart.js";
import { dayOf, fine, money, number } from "./locale.js";
import { ask, box, code, complain, el, field, heading, say, t, table } from "./page.js";

const LIMITS = [["requests_per_minute", "requests_this_minute", "per_minute", number], ["tokens_per_day", "tokens_today", "per_day", number],
  ["roubles_per_month", "roubles_this_month", "per_month", fine]];
const NAME = "[A-Za-zА-Яа-яЁё0-9][\\p{L}\\p{N}_.@\\-]{0,63}";

export async function show(place, left) {
  const told = await ask("clients", { signal: left });
  if (left.aborted) return;
  const send = async (path, body, word) => {
    try {
      const made = await ask(path, { method: "POST", body });
      if (made.key) showKey(made);
      else say(t(word));
      await show(place, left);
    } catch (error) { complain(error); }
  };
  const names = told.clients.map((one) => one.name);
  const others = Object.keys(told.use.clients).filter((name) => !names.includes(name) && !told.fixed.includes(name));
  place.replaceChildren(
    heading("clients", el("button", { type: "button", class: "primary", onclick: () => edit(null, names.concat(told.fixed), send) }, t("add_client"))),
    table(t("clients"), [[t("client")], [t("last_days")], ...LIMITS.map(([, , word]) => [t(word), "number"]), [t("may_use")], ["\u00a0"]],
      told.clients.map((one) => row(one, told.use, send)), t("no_clients"), "stacked"),
    told.fixed.length || others.length ? el("h3", { class: "apart" }, t("other_clients")) : "",
    told.fixed.length || others.length ? table(t("other_clients"), [[t("client")], [t("where_from")], [t("last_days")], [t("tokens"), "number"]],
      [...told.fixed.map((name) => [name, "GIGAGATE_CLIENT_KEYS"]), ...others.map((name) => [name, t(name === "anonymous" ? "no_key_asked" : "gone_client")])].map(([name, from]) =>
        el("tr", {}, el("td", {}, named(name, told.use)), el("td", {}, from), el("td", {}, sparkOf(name, told.use)), el("td", { class: "number" }, number(total(name, told.use, "tokens"))))), "", "stacked") : "");
}

const total = (name, use, series) => (use.clients[name]?.[series] ?? []).reduce((sum, one) => sum + one, 0);
const sparkOf = (name, use) => (total(name, use, "tokens") ? spark(use.clients[name].tokens, t("tokens_by_day", { name })) : el("span", { class: "quiet" }, t("no_use")));
const named = (name, use) => el("button", { type: "button", class: "link", onclick: () => days(name, use) }, name === "anonymous" ? t("anonymous") : name);

function row(one, use, send) {
  const off = one.revoked ? "revoked" : one.expired ? "expired" : null;
  const limit = ([most, used, word, shown]) => el("td", { class: "number" }, one.budget[most]
    ? [`${shown(one.usage[used])} / ${shown(one.budget[most])}`, meter(one.usage[used], one.budget[most], t(word))] : el("span", { class: "quiet" }, shown(one.usage[used])));
  const button = (word, onclick, kind) => el("button", { type: "button", class: kind, onclick, "aria-label": `${t(word)}: ${one.name}` }, t(word));
  return el("tr", { class: off ? "off" : null },
    el("td", {}, named(one.name, use), off ? el("span", { class: "tag" }, t(off)) : null),
    el("td", {}, sparkOf(one.name, use)), LIMITS.map(limit),
    el("td", { class: "wrap" }, [(one.budget.models ?? []).join(", ") || t("all_models"), one.budget.expires ? t("until", { day: dayOf(Date.parse(one.budget.expires) / 1000) }) : null].filter(Boolean).join("; ")),
    el("td", {}, el("div", { class: "row tight" }, button("budget", () => edit(one, [], send)),
      button("rotate", () => confirmed("rotate", one.name, () => send("clients/rotate", { name: one.name }))),
      one.revoked ? null : button("revoke", () => confirmed("revoke", one.name, () => send("clients/revoke", { name: one.name }, "revoked_now")), "danger"))));
}

function days(name, use) {
  const of = use.clients[name];
  const part = (word, series, shown, big) => el("section", {}, el("h3", {}, t(word)), el("p", { class: "big" }, big),
    chart({ series, from: use.from, step: use.step, label: t(word), shown }));
  box(name === "anonymous" ? t("anonymous") : name, of ? el("div", { class: "parts" },
    part("requests", [[of.requests.map((all, i) => all - of.errors[i]), null], [of.errors, "bad"]], number, number(total(name, use, "requests"))),
    part("tokens", [[of.tokens, null]], number, number(total(name, use, "tokens"))),
    part("roubles", [[of.roubles, null]], money, money(total(name, use, "roubles")))) : el("p", { class: "quiet" }, t("no_use")),
  el("p", { class: "quiet" }, t("days_note")));
}

function edit(one, taken, send) {
  const budget = one?.budget ?? {};
  const name = el("input", { id: "c-name", value: one?.name ?? "", required: true, pattern: NAME, autocomplete: "off", autofocus: !one, title: t("name_rule"),
    oninput: () => name.setCustomValidity(taken.includes(name.value.trim()) ? t("name_taken") : "") });
  const limits = LIMITS.map(([limit, , word]) => [limit, el("input", { id: `c-${limit}`, type: "number", min: 0, step: limit === "roubles_per_month" ? "any" : 1, inputmode: "decimal", value: budget[limit] || "", autofocus: Boolean(one) && limit === LIMITS[0][0] }), word]);
  const models = el("input", { id: "c-models", value: (budget.models ?? []).join(", "), placeholder: "GigaChat-2, GigaChat-2-*" });
  const expires = el("input", { id: "c-expires", type: "date", value: budget.expires ? budget.expires.slice(0, 10) : "" });
  const form = el("form", { method: "dialog", class: "fields", onsubmit: () => send(one ? "clients/change" : "clients/add", {
    name: name.value.trim(),
    budget: { ...Object.fromEntries(limits.map(([limit, input]) => [limit, Number(input.value) || 0])),
      models: models.value.split(",").map((model) => model.trim()).filter(Boolean),
      expires: expires.value ? Date.parse(`${expires.value}T23:59:59Z`) / 1000 : null },
  }, "changed_now") },
  one ? null : field("client_name", name, t("name_rule")), el("div", { class: "three" }, limits.map(([, input, word]) => field(word, input))),
  el("p", { class: "quiet" }, t("zero_is_none")), field("may_use_models", models), field("expires", expires),
  el("p", { class: "row" }, el("button", { class: "primary" }, t(one ? "save" : "issue")), el("button", { type: "button", onclick: () => dialog.close() }, t("cancel"))));
  const dialog = box(one ? t("budget_of", { name: one.name }) : t("add_client"), form);
}

function showKey({ name, key }) {
  const shown = code(key, t("key_of", { name }));
  shown.firstChild.id = "new-key";
  const dialog = box(t("key_of", { name }), el("p", {}, t("shown_once")), shown,
    el("p", { class: "row" }, el("button", { type: "button", onclick: () => dialog.close() }, t("close"))));
}

function confirmed(word, name, go) {
  const dialog = box(`${t(word)}: ${name}`, el("p", {}, t(`${word}_sure`, { name })),
    el("p", { class: "row" }, el("button", { type: "button", class: "primary", onclick: () => { dialog.close(); go(); } }, t(word)),
      el("button", { type: "button", onclick: () => dialog.close() }, t("cancel"))));
}
