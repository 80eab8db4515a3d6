// The panel: one view at a time, chosen by the address's fragment; the health above it is always live.

import { always, connect } from "./live.js";
import { when } from "./locale.js";
import { el, form, t, views } from "./page.js";

const place = document.getElementById("view");
const pill = document.getElementById("health"),
  trouble = document.getElementById("trouble");
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
  document
    .querySelector("header nav [aria-current]")
    ?.scrollIntoView({ block: "nearest", inline: "center" });
  document.title = `${t(view)} — GigaGate`;
  for (const dialog of document.querySelectorAll("dialog")) dialog.close();
  place.replaceChildren();
  try {
    const { show } = await import(`./${view}.js`);
    if (!left.signal.aborted) await show(place, left.signal);
  } catch (error) {
    if (!left.signal.aborted)
      place.append(el("p", { class: "warning" }, `${t("failed")} ${error.message}`));
  }
}

function health({ mood, state, since, detail }) {
  pill.className = `pill ${mood}`;
  pill.textContent = since ? `${t(state)} ${t("since")} ${when(since)}` : t(state);
  trouble.hidden = !detail;
  trouble.replaceChildren(...(detail ? [el("b", {}, t(`${state}_next`)), ` ${detail}`] : []));
}

function gone() {
  pill.className = "pill bad";
  pill.textContent = t("gone");
  trouble.hidden = true;
}

document.querySelector("#logout [name=form_token]").value = form;
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault(); // the fragment names the view
  place.focus();
});
addEventListener("hashchange", open);
always({ health }, gone);
connect();
open();
