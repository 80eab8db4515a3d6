// How it goes: sums and charts of a day, a week, a month; slots, queue and credentials as they are now.

import { chart, meter, wellAndFailed } from "./chart.js";
import { listen } from "./live.js";
import { fine, money, number, span, time } from "./locale.js";
import { ask, choice, clientName, complain, el, heading, say, t, table } from "./page.js";

const SPANS = [
  ["24h", "today"],
  ["7d", "week"],
  ["30d", "month"],
];
let chosen = "24h";
const sum = (values) => values.reduce((all, one) => all + one, 0);

export async function show(place, left) {
  let told = null;
  const tabs = choice(
    t("period"),
    SPANS.map(([name, word]) => [name, t(word)]),
    chosen,
    (name) => {
      chosen = name;
      draw();
    },
  );
  const now = el("p", { class: "quiet now" }),
    cards = el("section", { class: "cards" });
  const credentials = el("section", { class: "cards narrow" }),
    sums = el("section", { class: "columns apart" });
  place.append(heading("overview", tabs), now, cards, el("h3", {}, t("access")), credentials, sums);

  function draw() {
    if (!told) return;
    const state = told.state;
    now.textContent = [
      t("in_progress_of", { requests: number(state.in_progress) }),
      t("waiting_of", { requests: number(state.queue_length) }),
      `${t("uptime")} ${span(Date.now() / 1000 - told.started)}`,
      ...(state.workers
        ? [`${t("workers")}: ${state.workers.running} / ${state.workers.wanted}`]
        : []),
    ].join(" · ");
    renew(cards, sumsOf(told.spans[chosen]));
    renew(
      credentials,
      state.credentials.length
        ? state.credentials.map(credential)
        : [el("article", { class: "card" }, el("p", {}, t("of_clients")))],
    );
    renew(sums, [
      byName("by_client", "client", told.clients),
      byName("by_model", "model", told.models),
    ]);
  }
  listen(
    {
      overview: (news) => {
        told = news;
        draw();
      },
    },
    left,
  );
}

/** Other children in a part of the view; who stood on a button there stands on its successor. */
function renew(part, children) {
  const stops = () => [...part.querySelectorAll("button, [tabindex]")];
  const at = stops().indexOf(document.activeElement);
  part.replaceChildren(...children);
  if (at >= 0) stops()[at]?.focus();
}

function sumsOf(now) {
  const card = (word, big, detail, series, shown) =>
    el(
      "article",
      { class: "card" },
      el("h3", {}, t(word)),
      el("p", { class: "big" }, big),
      el("p", { class: "quiet" }, detail),
      chart({ series, from: now.from, step: now.step, label: t(word), shown }),
    );
  const requests = sum(now.requests),
    errors = sum(now.errors);
  const prompt = sum(now.tokens_prompt),
    cached = sum(now.tokens_cached),
    firsts = sum(now.first_tokens);
  const mean = now.first_tokens.map((count, i) =>
    count ? (now.first_token_seconds[i] / count) * 1000 : 0,
  );
  return [
    card(
      "requests",
      number(requests),
      t("errors_of", {
        errors: number(errors),
        share: fine(requests ? (100 * errors) / requests : 0),
      }),
      wellAndFailed(now),
    ),
    card(
      "tokens",
      number(prompt + sum(now.tokens_completion)),
      t("cached_of", { share: number(prompt ? (100 * cached) / prompt : 0) }),
      [
        [
          now.tokens_prompt.map((all, i) => all - now.tokens_cached[i] + now.tokens_completion[i]),
          null,
        ],
        [now.tokens_cached, "second"],
      ],
    ),
    card("roubles", money(sum(now.roubles)), t("roubles_note"), [[now.roubles, null]], money),
    card(
      "first_token",
      firsts ? time((sum(now.first_token_seconds) / firsts) * 1000) : "—",
      t("first_token_note"),
      [[mean, null]],
      time,
    ),
  ];
}

function credential(one) {
  const end = one.token.expires_at;
  const left = end === null ? null : end - Date.now() / 1000;
  const [mood, word] = one.problem
    ? one.usable
      ? ["warn", "credential_trouble"]
      : ["bad", "set_aside"]
    : ["good", "usable"];
  const refresh = async (event) => {
    event.target.disabled = true;
    try {
      await ask("token/refresh", { method: "POST", body: { credential: one.name } });
      say(t("refreshed"));
    } catch (error) {
      complain(error);
    }
    event.target.disabled = false;
  };
  return el(
    "article",
    { class: "card credential" },
    el(
      "div",
      { class: "heading" },
      el("h4", {}, one.name || t("only_credential")),
      el("span", { class: `pill ${mood}` }, t(word)),
    ),
    one.problem ? el("p", { class: mood }, one.problem) : null,
    el(
      "dl",
      {},
      el("dt", {}, t("slots")),
      el("dd", {}, `${number(one.slots_in_use)} / ${number(one.slots)}`),
      el("dd", { class: "across" }, meter(one.slots_in_use, one.slots, t("slots"))),
      el("dt", {}, t("queue")),
      el("dd", {}, number(one.queue_length)),
      el("dt", {}, t("token")),
      el(
        "dd",
        {},
        left === null || left < 0 ? t("no_token") : t("token_left", { time: span(left) }),
      ),
      one.models.length ? [el("dt", {}, t("models")), el("dd", {}, one.models.join(", "))] : null,
    ),
    el("button", { type: "button", onclick: refresh }, t("refresh")),
  );
}

const byName = (word, column, rows) =>
  el(
    "div",
    {},
    el("h3", {}, t(word)),
    table(
      t(word),
      [[t(column)], [t("requests"), "number"], [t("tokens"), "number"], [t("roubles"), "number"]],
      Object.entries(rows).map(([name, one]) =>
        el(
          "tr",
          {},
          el("td", {}, clientName(name)),
          el("td", { class: "number" }, number(one.requests)),
          el("td", { class: "number" }, number(one.tokens_prompt + one.tokens_completion)),
          el("td", { class: "number" }, one.roubles ? money(one.roubles) : "—"),
        ),
      ),
      t("no_use"),
    ),
  );
