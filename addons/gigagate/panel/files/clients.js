// People of a team: keys issued and shown once, budgets, and what was used day by day.

import { meter, spark } from "./chart.js";
import { LIMITS, confirmed, days, edit, showKey, total } from "./client_dialogs.js";
import { dateOf, number } from "./locale.js";
import { ask, clientName, complain, el, heading, say, t, table } from "./page.js";

export async function show(place, left) {
  const told = await ask("clients", { signal: left });
  if (left.aborted) return;
  const send = async (path, body, word) => {
    try {
      const made = await ask(path, { method: "POST", body });
      if (made.key) showKey(made);
      else say(t(word));
      await show(place, left);
    } catch (error) {
      complain(error);
    }
  };
  const names = told.clients.map((one) => one.name);
  const others = [
    ...told.fixed.map((name) => [name, "GIGAGATE_CLIENT_KEYS"]),
    ...Object.keys(told.use.clients)
      .filter((name) => !names.includes(name) && !told.fixed.includes(name))
      .map((name) => [name, t(name === "anonymous" ? "no_key_asked" : "gone_client")]),
  ];
  place.replaceChildren(
    heading(
      "clients",
      el(
        "button",
        {
          type: "button",
          class: "primary",
          onclick: () => edit(null, names.concat(told.fixed), send),
        },
        t("add_client"),
      ),
    ),
    table(
      t("clients"),
      [
        [t("client")],
        [t("last_days")],
        ...LIMITS.map(([, , word]) => [t(word), "number"]),
        [t("may_use")],
        ["\u00a0"],
      ],
      told.clients.map((one) => row(one, told.use, send)),
      t("no_clients"),
      "stacked",
    ),
    ...(others.length
      ? [el("h3", { class: "apart" }, t("other_clients")), tableOfOthers(others, told.use)]
      : []),
  );
}

/** Clients that are not managed here: [name, where it is from]. */
const tableOfOthers = (others, use) =>
  table(
    t("other_clients"),
    [[t("client")], [t("where_from")], [t("last_days")], [t("tokens"), "number"]],
    others.map(([name, from]) =>
      el(
        "tr",
        {},
        el("td", {}, named(name, use)),
        el("td", {}, from),
        el("td", {}, sparkOf(name, use)),
        el("td", { class: "number" }, number(total(name, use, "tokens"))),
      ),
    ),
    "",
    "stacked",
  );

const sparkOf = (name, use) =>
  total(name, use, "tokens")
    ? spark(use.clients[name].tokens, t("tokens_by_day", { name }))
    : el("span", { class: "quiet" }, t("no_use"));
const named = (name, use) =>
  el(
    "button",
    { type: "button", class: "link", onclick: () => days(name, use) },
    clientName(name),
  );

function row(one, use, send) {
  const off = one.revoked ? "revoked" : one.expired ? "expired" : null;
  const limit = ([most, used, word, shown]) =>
    el(
      "td",
      { class: "number" },
      one.budget[most]
        ? [
            `${shown(one.usage[used])} / ${shown(one.budget[most])}`,
            meter(one.usage[used], one.budget[most], t(word)),
          ]
        : el("span", { class: "quiet" }, shown(one.usage[used])),
    );
  const button = (word, onclick, kind) =>
    el(
      "button",
      { type: "button", class: kind, onclick, "aria-label": `${t(word)}: ${one.name}` },
      t(word),
    );
  return el(
    "tr",
    { class: off ? "off" : null },
    el("td", {}, named(one.name, use), off ? el("span", { class: "tag" }, t(off)) : null),
    el("td", {}, sparkOf(one.name, use)),
    LIMITS.map(limit),
    el(
      "td",
      { class: "wrap" },
      [
        (one.budget.models ?? []).join(", ") || t("all_models"),
        one.budget.last_day ? t("until", { day: dateOf(one.budget.last_day) }) : null,
      ]
        .filter(Boolean)
        .join("; "),
    ),
    el(
      "td",
      {},
      el(
        "div",
        { class: "row tight" },
        button("budget", () => edit(one, [], send)),
        button("rotate", () =>
          confirmed("rotate", one.name, () => send("clients/rotate", { name: one.name })),
        ),
        one.revoked
          ? null
          : button(
              "revoke",
              () =>
                confirmed("revoke", one.name, () =>
                  send("clients/revoke", { name: one.name }, "revoked_now"),
                ),
              "danger",
            ),
      ),
    ),
  );
}
