// One conversation as a thread made for reading, live while the agent works.
// The proxy makes its HTML, as it makes a report: every text in it is escaped there, a parser runs no
// script, and the page's policy lets none run.

import { ask, check, el, lang, t } from "./page.js";
import { searched } from "./search.js";

const html = (text) => [...new DOMParser().parseFromString(text, "text/html").body.childNodes];

export async function thread(place, left, id) {
  if (!document.getElementById("thread-style")) {
    document.head.append(
      el("link", { id: "thread-style", rel: "stylesheet", href: "/admin/files/thread.css" }),
    );
  }
  const title = el("h2"),
    head = el("div"),
    outline = el("div"),
    steps = el("div", { class: "steps" }),
    beside = el("div");
  const running = el("p", { class: "running quiet", role: "status" });
  const follow = el("input", { type: "checkbox" });
  const search = searched(steps);
  const tools = el(
    "div",
    { class: "row searching" },
    el("a", { href: "#sessions" }, `← ${t("all_sessions")}`),
    search.field,
    search.count,
    check("follow", follow),
  );
  const whole = el(
    "section",
    { class: "session live", onclick: jump },
    title,
    head,
    tools,
    el("div", { class: "read" }, outline, el("div", { class: "thread" }, steps, running, beside)),
  );
  place.append(whole);
  let version = "",
    last = 0;
  while (!left.aborted) {
    const told = await ask(
      `session?id=${encodeURIComponent(id)}&version=${version}&since=${last}&lang=${lang}`,
      { signal: left },
    );
    if (left.aborted) return;
    if (version && told.version.split(".")[0] !== version.split(".")[0]) {
      [version, last] = ["", 0]; // found anew, under other numbers
      steps.replaceChildren();
      continue;
    }
    version = told.version;
    if (told.steps) {
      title.textContent = told.title;
      keepOpen(head, told.head);
      outline.replaceChildren(...html(told.outline));
      keepOpen(beside, told.beside);
      take(steps, told);
      last = Math.max(last, ...told.orders);
      search.again();
      if (follow.checked) steps.lastElementChild?.scrollIntoView({ block: "end" });
    }
    running.textContent = told.running === null ? "" : t("is_answering", { seconds: told.running });
    await new Promise((resolve) => {
      setTimeout(resolve, 1500);
      left.addEventListener("abort", resolve);
    });
  }
}

/** New steps at the end; one whose calls have got their results in its own place. */
function take(steps, told) {
  for (const old of [...steps.children])
    if (!told.orders.includes(Number(old.id.slice(5)))) old.remove();
  for (const { order, html: text } of told.steps) {
    const old = document.getElementById(`step-${order}`);
    const holder = el("div");
    keepOpen(holder, text, old);
    if (old) old.replaceWith(...holder.childNodes);
    else steps.append(...holder.childNodes);
  }
}

/** What a person has opened stays open. */
function keepOpen(place, text, before = place) {
  const open = [...(before?.querySelectorAll("details") ?? [])].map((one) => one.open);
  place.replaceChildren(...html(text));
  place.querySelectorAll("details").forEach((one, i) => {
    one.open = open[i] ?? false;
  });
}

/** A step's link leads within the thread: the address stays the session's. */
function jump(event) {
  const link = event.target.closest?.("a[href^='#step-']");
  if (!link) return;
  event.preventDefault();
  const step = document.getElementById(link.hash.slice(1));
  if (!step) return;
  for (const one of document.querySelectorAll(".step.here")) one.classList.remove("here");
  step.classList.add("here");
  step.scrollIntoView({ block: "start" });
}
