// How it goes: sums and charts of a day, a week, a month; slots and queue as they are now.

import { ask, chart, complain, el, money, number, say, span, t, table, time } from "./page.js";

let chosen = "24h";
const SPANS = [["24h", "today"], ["7d", "week"], ["30d", "month"]];
const sum = (values) => values.reduce((all, one) => all + one, 0);

export async function show(place, left) {
  const live = el("div");
  place.append(live);
  while (!left.aborted) {
    const told = await ask("overview", { signal: left });
    if (left.aborted) return;
    live.replaceChildren(...drawn(told, () => live.replaceChildren(...drawn(told))));
    await new Promise((resolve) => { setTimeout(resolve, 5000); left.addEventListener("abort", resolve); });
  }
}

function drawn(told, again) {
  const redraw = again ?? (() => {});
  const now = told.spans[chosen];
  const tabs = el("div", { class: "tabs", role: "group" }, SPANS.map(([name, word]) =>
    el("button", { "aria-pressed": String(name === chosen), onclick: () => { chosen = name; redraw(); } }, t(word))));
  const card = (title, big, detail, series, shown) => el("article", { class: "card" },
    el("h2", {}, title), el("p", { class: "big" }, big), el("p", { class: "quiet" }, detail),
    chart(series.map(([values, kind]) => [values, kind, shown]), now.from, now.step, title));
  const prompt = sum(now.tokens_prompt), cached = sum(now.tokens_cached), firsts = sum(now.first_tokens);
  const mean = now.first_tokens.map((count, i) => (count ? (now.first_token_seconds[i] / count) * 1000 : 0));
  const state = told.state;
  return [
    el("div", { class: "row" }, tabs,
      el("span", { class: "quiet" }, `${number(state.in_progress)} ${t("in_progress")} · ${state.slots_in_use} / ${state.slots} ${t("slots")} · ${number(state.queue_length)} ${t("queue")} · ${t("uptime")} ${span(state.uptime_seconds)}`)),
    el("section", { class: "cards" },
      card(t("requests"), number(sum(now.requests)), `${t("errors")}: ${number(sum(now.errors))}`,
        [[now.requests.map((all, i) => all - now.errors[i]), null], [now.errors, "bad"]]),
      card(t("tokens"), number(prompt + sum(now.tokens_completion)),
        `${number(prompt ? (100 * cached) / prompt : 0)} % ${t("cached")}`,
        [[now.tokens_prompt.map((all, i) => all - now.tokens_cached[i] + now.tokens_completion[i]), null], [now.tokens_cached, "second"]]),
      card(t("roubles"), money(sum(now.roubles)), "\u00a0", [[now.roubles, null]], money),
      card(t("first_token"), firsts ? time((sum(now.first_token_seconds) / firsts) * 1000) : "—", "\u00a0", [[mean, null]], time)),
    el("section", { class: "columns" },
      el("article", { class: "card" }, el("h2", {}, t("token")), token(state)),
      el("div", {}, el("h2", {}, t("by_client")), sums(t("client"), told.clients)),
      el("div", {}, el("h2", {}, t("by_model")), sums(t("model"), told.models))),
  ];
}

function token(state) {
  const left = state.token.seconds_left;
  const words = left === null ? t("no_token") : t("token_left", { minutes: Math.floor(left / 60) });
  const refresh = async (event) => {
    event.target.disabled = true;
    try { await ask("token/refresh", { method: "POST" }); say(t("refreshed")); } catch (error) { complain(error); }
    event.target.disabled = false;
  };
  return el("div", {}, el("p", { class: "big" }, words),
    state.token.last_error ? el("p", { class: "bad" }, state.token.last_error) : null,
    el("p", { class: "row" }, el("button", { onclick: refresh }, t("refresh"))));
}

const sums = (title, rows) => table(
  [[title], [t("requests"), true], [t("tokens"), true], ["₽", true]],
  Object.entries(rows).map(([name, one]) => el("tr", {}, el("td", {}, name),
    el("td", { class: "number" }, number(one.requests)),
    el("td", { class: "number" }, number(one.tokens_prompt + one.tokens_completion)),
    el("td", { class: "number" }, number(one.roubles, 2)))));
