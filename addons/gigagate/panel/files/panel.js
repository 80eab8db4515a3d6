// The panel: one view at a time, chosen by the address's fragment; the health above it is always live.

import { ask, form, t, views } from "./page.js";

const place = document.getElementById("view");
let leave = () => {};

async function open() {
  const name = location.hash.slice(1).split("/")[0];
  const view = views.includes(name) ? name : views[0];
  leave();
  const left = new AbortController();
  leave = () => left.abort();
  for (const link of document.querySelectorAll("header nav a")) {
    if (link.hash === `#${view}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  place.replaceChildren();
  try {
    const { show } = await import(`./${view}.js`);
    if (!left.signal.aborted) await show(place, left.signal);
  } catch (error) {
    if (!left.signal.aborted) place.append(Object.assign(document.createElement("p"), { className: "bad", textContent: `${t("failed")} ${error.message}` }));
  }
}

async function health() {
  const pill = document.getElementById("health");
  for (;;) {
    try {
      const { mood, state, detail } = await ask("health");
      pill.className = `pill ${mood}`;
      pill.textContent = detail ? `${t(state)} · ${detail}` : t(state);
    } catch {
      pill.className = "pill bad";
      pill.textContent = t("gone");
    }
    await new Promise((resolve) => { setTimeout(resolve, document.hidden ? 15000 : 3000); });
  }
}

document.querySelector("#logout [name=form_token]").value = form;
addEventListener("hashchange", open);
open();
health();
