// The last requests of all processes without their prompts: live, filtered, each with its detail.

import { known, listen } from "./live.js";
import { clock, moment, money, number, time, when } from "./locale.js";
import {
  box,
  check,
  clientName,
  el,
  heading,
  leaving,
  rewrites,
  searchField,
  t,
  table,
  texts,
} from "./page.js";

const SHOWN = 1000;
const API = {
  openai: "Chat Completions",
  responses: "Responses",
  openai_responses: "Responses",
  anthropic: "Messages",
  gemini: "Gemini",
};
const outcome = (name) => texts[`outcome_${name}`] ?? texts[`error_${name}`] ?? name;

export async function show(place, left) {
  const rows = [];
  let mitmweb = null,
    waiting = [],
    body = null;
  const search = searchField("search", () => filter());
  const errors = el("input", { type: "checkbox", onchange: () => filter() });
  const live = el("input", {
    type: "checkbox",
    checked: true,
    onchange: () => {
      if (live.checked) add(waiting.splice(0));
    },
  });
  const count = el("span", { class: "quiet", role: "status" }),
    list = el("div", {}, table(t("requests"), [], [], t("loading")));
  place.append(
    heading("requests", search, check("only_errors", errors), check("live", live), count),
    list,
  );

  function filter() {
    const words = search.value.trim().toLowerCase();
    let fitting = 0;
    for (const row of rows) {
      const fits = (!errors.checked || row.told.error) && (!words || row.text.includes(words));
      row.shown.hidden = !fits;
      fitting += fits ? 1 : 0;
    }
    const none =
      list.querySelector(".none") ??
      list.appendChild(el("p", { class: "card empty none" }, t("none_fits")));
    none.hidden = fitting > 0 || !rows.length;
    list.querySelector(".scroll")?.toggleAttribute("hidden", !fitting);
    count.textContent = rows.length
      ? t("rows_of", { rows: number(fitting), all: number(rows.length) })
      : "";
  }
  function add(told) {
    const made = told.map((one) => ({
      told: one,
      shown: line(one, () => detail(one, mitmweb)),
      text: [
        one.client,
        one.dialect,
        API[one.dialect],
        one.model,
        one.outcome,
        outcome(one.outcome),
        one.message,
        one.path,
        one.status,
      ]
        .join(" ")
        .toLowerCase(),
    }));
    rows.unshift(...made);
    for (const old of rows.splice(SHOWN)) old.shown.remove();
    if (body) body.prepend(...made.map((one) => one.shown));
    else {
      list.replaceChildren(
        table(
          t("requests"),
          COLUMNS.map(([word, kind]) => [t(word), kind]),
          rows.map((one) => one.shown),
          t("no_requests"),
          "brief",
        ),
      );
      body = list.querySelector("tbody");
      body?.addEventListener("keydown", arrows);
    }
    filter();
  }
  listen(
    {
      requests: (told) => {
        mitmweb = told.mitmweb;
        known(told.last);
        if (rows.length && told.requests.length && rows[0].told.id > told.requests[0].id) {
          rows.splice(0);
          body = null;
        }
        if (live.checked || !rows.length) add(told.requests);
        else {
          waiting = [...told.requests, ...waiting].slice(0, SHOWN);
          count.textContent = t("rows_wait", { rows: number(waiting.length) });
        }
      },
    },
    left,
  );
}

const COLUMNS = [
  ["time"],
  ["client"],
  ["dialect", "wide"],
  ["model"],
  ["outcome"],
  ["tokens", "number wide"],
  ["cost", "number wide"],
  ["duration", "number"],
  ["attempts", "number wide"],
  ["rewrites", "number wide"],
];

function line(one, open) {
  const cell = (text, kind) => el("td", { class: kind }, text);
  return el(
    "tr",
    { class: "opens", onclick: open },
    el("td", {}, el("button", { type: "button", class: "link" }, when(one.time))),
    cell(clientName(one.client)),
    cell(API[one.dialect] ?? one.dialect, "wide"),
    cell(one.model || one.path, "cut"),
    el(
      "td",
      { class: "wrap" },
      el("b", { class: one.error ? "bad" : "good" }, String(one.status)),
      ` ${outcome(one.outcome)}`,
    ),
    cell(one.prompt ? `${number(one.prompt)} + ${number(one.completion)}` : "", "number wide"),
    cell(one.roubles ? money(one.roubles) : "", "number wide"),
    cell(time(one.ms), "number"),
    cell(one.attempts > 1 ? number(one.attempts) : "", "number wide"),
    cell(one.notes.length ? number(one.notes.length) : "", "number wide"),
  );
}

function arrows(event) {
  const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
  if (!step) return;
  let row = event.target.closest("tr")[step];
  while (row?.hidden) row = row[step];
  row?.querySelector("button").focus();
  event.preventDefault();
}

function detail(one, mitmweb) {
  const facts = [
    [t("time"), moment(one.time)],
    [t("client"), clientName(one.client)],
    [t("dialect"), API[one.dialect] ?? one.dialect],
    [t("gigachat_api"), one.api],
    [t("path"), `${one.method} ${one.path}`],
    [t("model"), one.model],
    [t("outcome"), `${one.status} ${outcome(one.outcome)}`],
    [
      t("tokens"),
      one.prompt
        ? t("tokens_of", {
            prompt: number(one.prompt),
            cached: number(one.cached),
            completion: number(one.completion),
          })
        : "",
    ],
    [t("cost"), one.roubles ? money(one.roubles) : ""],
    [t("duration"), time(one.ms)],
    [t("first_token"), one.first_ms === null ? "" : time(one.first_ms)],
    [t("queue"), one.queue_ms ? time(one.queue_ms) : ""],
    [t("attempts"), number(one.attempts)],
    [t("messages"), one.messages ? number(one.messages) : ""],
  ].filter(([, value]) => value);
  box(
    `${one.model || one.path} · ${clock(one.time)}`,
    one.message ? el("p", { class: "warning" }, one.message) : null,
    el(
      "dl",
      {},
      facts.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]),
    ),
    el("h3", {}, t("rewrites")),
    rewrites(one.notes),
    el(
      "p",
      { class: "row" },
      mitmweb
        ? el("a", { href: mitmweb, rel: "noreferrer", target: "_blank" }, t("in_mitmweb"))
        : null,
      leaving("close"),
    ),
  );
}
