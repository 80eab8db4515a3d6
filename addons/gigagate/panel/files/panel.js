// The panel: one view at a time, chosen by the address's fragment; the health above it is always live.

import { ask, form, t } from "./page.js";
import { clients } from "./clients.js";
import { doctor } from "./doctor.js";
import { logTail } from "./log.js";
import { models } from "./models.js";
import { overview } from "./overview.js";
import { playground } from "./playground.js";
import { requests } from "./requests.js";
import { settings } from "./settings.js";

const VIEWS = { overview, requests, clients, models, playground, settings, doctor, log: logTail };
const place = document.getElementById("view");
let leave = () => {};

async function show() {
  const name = location.hash.slice(1).split("/")[0];
  const view = VIEWS[name] ? name : "overview";
  leave();
  const left = new AbortController();
  leave = () => left.abort();
  for (const link of document.querySelectorAll("header nav a")) {
    if (link.hash === `#${view}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  place.replaceChildren();
  try {
    await VIEWS[view](place, left.signal);
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
addEventListener("hashchange", show);
show();
health();
