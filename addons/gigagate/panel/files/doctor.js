// What ./run.sh doctor says, from the browser.

import { ask, el, t, table } from "./page.js";

const SIGN = { true: ["good", "✓"], false: ["bad", "✗"], null: ["warn", "!"] };

export async function show(place, left) {
  const list = el("div", { "aria-live": "polite" });
  const button = el("button", { onclick: () => check() }, t("run_doctor"));
  place.append(el("p", { class: "row" }, button), list);
  async function check() {
    button.disabled = true;
    list.replaceChildren(el("p", { class: "quiet" }, t("checking")));
    try {
      const { findings } = await ask("doctor", { signal: left });
      list.replaceChildren(table([["\u00a0"], [t("doctor")], [t("value")]], findings.map((one) => {
        const [mood, sign] = SIGN[String(one.fine)] ?? SIGN.null;
        return el("tr", {}, el("td", { class: mood }, sign), el("td", {}, one.what), el("td", { class: "wrap" }, one.told));
      })));
    } finally { button.disabled = false; }
  }
  await check();
}
