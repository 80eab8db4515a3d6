// What agents do: a list of their conversations, live; one of them opens as a thread.

import { listen } from "./live.js";
import { money, number, when } from "./locale.js";
import { el, heading, lang, t, table } from "./page.js";
import { thread } from "./thread.js";

const NEARLY_FULL = 0.8;

export async function show(place, left) {
  const id = decodeURIComponent(location.hash.split("/")[1] ?? "");
  if (id) return thread(place, left, id);
  const list = el("div", {}, el("p", { class: "quiet" }, t("loading")));
  place.append(heading("sessions"), list);
  return listen(
    {
      sessions: (told) => {
        list.replaceChildren(
          told.on ? drawn(told.sessions) : el("p", { class: "card empty" }, t("sessions_off")),
        );
      },
    },
    left,
  );
}

function drawn(sessions) {
  return table(
    t("sessions"),
    [
      [t("session")],
      [t("client"), "wide"],
      [t("model"), "wide"],
      [t("steps"), "number"],
      [t("tokens"), "number"],
      [t("cost"), "number wide"],
      [t("fullest"), "number"],
      [t("worth_a_look")],
      [t("time")],
    ],
    sessions.map(line),
    t("no_sessions"),
    "stacked",
  );
}

function line(one) {
  const open = () => {
    location.hash = `sessions/${encodeURIComponent(one.id)}`;
  };
  const cell = (kind, ...inside) => el("td", { class: kind }, inside);
  return el(
    "tr",
    { class: "opens", onclick: open },
    cell("wrap", el("button", { type: "button", class: "link title" }, one.title)),
    cell("wide", one.client),
    cell("wide", one.model),
    cell("number", number(one.steps)),
    cell("number", number(one.prompt)),
    cell("number wide", one.roubles ? money(one.roubles) : ""),
    cell(
      "number",
      el("span", { class: one.full > NEARLY_FULL ? "bad" : null }, `${number(one.full * 100)} %`),
    ),
    cell("wrap", el("div", { class: "warn" }, one.findings[lang].join(" · "))),
    cell(null, one.time ? when(one.time) : ""),
  );
}
