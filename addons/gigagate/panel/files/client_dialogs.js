// What opens from the clients' list: a client's days, its budget, its key shown once, a question.

import { chart, wellAndFailed } from "./chart.js";
import { fine, money, number } from "./locale.js";
import { box, clientName, code, el, field, leaving, names, t } from "./page.js";

/** A limit of a budget, what was used of it, its name, how it is written. */
export const LIMITS = [
  ["requests_per_minute", "requests_this_minute", "per_minute", number],
  ["tokens_per_day", "tokens_today", "per_day", number],
  ["roubles_per_month", "roubles_this_month", "per_month", fine],
];

const NAME = "[A-Za-zА-Яа-яЁё0-9][\\p{L}\\p{N}_.@\\-]{0,63}";

/** The sum over the days of a client. */
export const total = (name, use, series) =>
  (use.clients[name]?.[series] ?? []).reduce((sum, one) => sum + one, 0);

export function days(name, use) {
  const of = use.clients[name];
  const part = (word, series, shown, big) =>
    el(
      "section",
      {},
      el("h3", {}, t(word)),
      el("p", { class: "big" }, big),
      chart({ series, from: use.from, step: use.step, label: t(word), shown }),
    );
  box(
    clientName(name),
    of
      ? el(
          "div",
          {},
          part("requests", wellAndFailed(of), number, number(total(name, use, "requests"))),
          part("tokens", [[of.tokens, null]], number, number(total(name, use, "tokens"))),
          part("roubles", [[of.roubles, null]], money, money(total(name, use, "roubles"))),
        )
      : el("p", { class: "quiet" }, t("no_use")),
    el("p", { class: "quiet" }, t("days_note")),
  );
}

export function edit(one, taken, send) {
  const budget = one?.budget ?? {};
  const name = el("input", {
    id: "c-name",
    value: one?.name ?? "",
    required: true,
    pattern: NAME,
    autocomplete: "off",
    autofocus: !one,
    title: t("name_rule"),
    oninput: () => name.setCustomValidity(taken.includes(name.value.trim()) ? t("name_taken") : ""),
  });
  const limits = LIMITS.map(([limit, , word]) => [
    limit,
    el("input", {
      id: `c-${limit}`,
      type: "number",
      min: 0,
      step: limit === "roubles_per_month" ? "any" : 1,
      inputmode: "decimal",
      value: budget[limit] || "",
      autofocus: Boolean(one) && limit === LIMITS[0][0],
    }),
    word,
  ]);
  const models = el("input", {
    id: "c-models",
    value: (budget.models ?? []).join(", "),
    placeholder: "GigaChat-2, GigaChat-2-*",
  });
  const expires = el("input", {
    id: "c-expires",
    type: "date",
    value: budget.last_day ?? "",
  });
  const form = el(
    "form",
    {
      method: "dialog",
      class: "fields",
      onsubmit: () =>
        send(
          one ? "clients/change" : "clients/add",
          {
            name: name.value.trim(),
            budget: {
              ...Object.fromEntries(
                limits.map(([limit, input]) => [limit, Number(input.value) || 0]),
              ),
              models: names(models.value),
              expires: expires.value ? Date.parse(`${expires.value}T23:59:59Z`) / 1000 : null,
            },
          },
          "changed_now",
        ),
    },
    one ? null : field("client_name", name, t("name_rule")),
    el(
      "div",
      { class: "three" },
      limits.map(([, input, word]) => field(word, input)),
    ),
    el("p", { class: "quiet" }, t("zero_is_none")),
    field("may_use_models", models),
    field("expires", expires),
    el(
      "p",
      { class: "row" },
      el("button", { class: "primary" }, t(one ? "save" : "issue")),
      leaving("cancel"),
    ),
  );
  box(one ? t("budget_of", { name: one.name }) : t("add_client"), form);
}

export function showKey({ name, key }) {
  const shown = code(key, t("key_of", { name }));
  shown.firstChild.id = "new-key";
  box(
    t("key_of", { name }),
    el("p", {}, t("shown_once")),
    shown,
    el("p", { class: "row" }, leaving("close")),
  );
}

export function confirmed(word, name, go) {
  const dialog = box(
    `${t(word)}: ${name}`,
    el("p", {}, t(`${word}_sure`, { name })),
    el(
      "p",
      { class: "row" },
      el(
        "button",
        {
          type: "button",
          class: "primary",
          onclick: () => {
            dialog.close();
            go();
          },
        },
        t(word),
      ),
      leaving("cancel"),
    ),
  );
}
