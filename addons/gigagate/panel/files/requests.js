// The last requests without their prompts: live, filtered, each with its detail.

import { ask, clock, el, money, moment, number, t, table, time } from "./page.js";

const SHOWN = 1000;

export async function show(place, left) {
  const rows = new Map();
  let last = 0, mitmweb = null;
  const search = el("input", { type: "search", placeholder: t("search"), "aria-label": t("search"), oninput: () => draw() });
  const errors = el("input", { type: "checkbox", onchange: () => draw() });
  const live = el("input", { type: "checkbox", checked: true, onchange: () => draw() });
  const list = el("div");
  place.append(el("div", { class: "row" }, search,
    el("label", { class: "check" }, errors, t("only_errors")), el("label", { class: "check" }, live, t("live"))), list);

  function fits(row) {
    if (errors.checked && !row.error) return false;
    const words = search.value.trim().toLowerCase();
    return !words || [row.client, row.dialect, row.model, row.outcome, row.message, row.path, row.status].join(" ").toLowerCase().includes(words);
  }
  function draw() {
    if (!live.checked && list.childElementCount && document.activeElement !== search && document.activeElement !== errors) return;
    const fit = [...rows.values()].filter(fits).sort((a, b) => b.id - a.id).slice(0, SHOWN);
    list.replaceChildren(table(
      [[t("time")], [t("client")], [t("dialect")], [t("model")], [t("outcome")], [t("tokens"), true], ["₽", true], [t("duration"), true], [t("attempts"), true], [t("rewrites"), true]],
      fit.map((row) => {
        const open = () => detail(row, mitmweb);
        return el("tr", { class: "opens", tabindex: 0, onclick: open, onkeydown: (event) => { if (event.key === "Enter") open(); } },
          el("td", {}, clock(row.time)), el("td", {}, row.client), el("td", {}, row.dialect), el("td", {}, row.model || row.path),
          el("td", { class: "wrap" }, el("span", { class: row.error ? "bad" : "good" }, String(row.status)), ` ${row.outcome}`, row.message ? el("div", { class: "quiet" }, row.message) : null),
          el("td", { class: "number" }, row.prompt ? `${number(row.prompt)} + ${number(row.completion)}` : ""),
          el("td", { class: "number" }, row.roubles ? number(row.roubles, 2) : ""), el("td", { class: "number" }, time(row.ms)),
          el("td", { class: "number" }, row.attempts > 1 ? String(row.attempts) : ""), el("td", { class: "number" }, row.notes.length ? String(row.notes.length) : ""));
      }), t("no_requests")));
  }
  while (!left.aborted) {
    const told = await ask(`requests?after=${last}&wait=${last ? 20 : 0}`, { signal: left });
    if (left.aborted) return;
    if (told.last < last) rows.clear();
    last = told.last;
    mitmweb = told.mitmweb;
    for (const row of told.requests) rows.set(row.id, row);
    if (told.requests.length || !list.childElementCount) draw();
    if (!last) await new Promise((resolve) => { setTimeout(resolve, 2000); left.addEventListener("abort", resolve); });
  }
}

function detail(row, mitmweb) {
  const facts = [
    [t("time"), moment(row.time)], [t("client"), row.client], [t("dialect"), row.dialect], [t("gigachat_api"), row.api], [t("path"), `${row.method} ${row.path}`],
    [t("model"), row.model], [t("outcome"), `${row.status} ${row.outcome}`], [t("message"), row.message],
    [t("tokens"), row.prompt ? `${number(row.prompt)} + ${number(row.completion)}, ${number(row.cached)} ${t("cached")}` : ""],
    [t("cost"), row.roubles ? money(row.roubles) : ""], [t("duration"), time(row.ms)],
    [t("first_token"), row.first_ms === null ? "" : time(row.first_ms)], [t("queue"), row.queue_ms ? time(row.queue_ms) : ""], [t("attempts"), String(row.attempts)],
  ].filter(([, value]) => value);
  const box = el("dialog", { "aria-label": t("requests"), onclose: () => box.remove() },
    el("dl", {}, facts.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])),
    el("h3", {}, t("rewrites")),
    row.notes.length ? el("ul", {}, row.notes.map((note) => el("li", {}, `${note.kind}: ${note.text}`))) : el("p", { class: "quiet" }, t("no_rewrites")),
    el("p", { class: "row" }, mitmweb ? el("a", { href: mitmweb, rel: "noreferrer", target: "_blank" }, t("in_mitmweb")) : null,
      el("button", { onclick: () => box.close(), autofocus: true }, t("close"))));
  document.body.append(box);
  box.showModal();
}
