// What ./run.sh doctor says, from the browser.

import { ask, el, heading, t, table } from "./page.js";

const SIGN = {
  true: ["good", "✓", "fine"],
  false: ["bad", "✗", "broken"],
  null: ["warn", "!", "worth_knowing"],
};

export async function show(place, left) {
  const list = el("div", { "aria-live": "polite" });
  const button = el("button", { type: "button", onclick: () => look() }, t("run_doctor"));
  place.append(heading("doctor", button), list);
  async function look() {
    button.disabled = true;
    list.replaceChildren(el("p", { class: "card empty" }, t("checking")));
    try {
      const { findings } = await ask("doctor", { signal: left });
      list.replaceChildren(
        table(
          t("doctor"),
          [["\u00a0"], [t("checked")], [t("found")]],
          findings.map((one) => {
            const [mood, sign, word] = SIGN[String(one.fine)] ?? SIGN.null;
            return el(
              "tr",
              {},
              el(
                "td",
                {},
                el("span", { class: `sign ${mood}`, role: "img", "aria-label": t(word) }, sign),
              ),
              el("td", {}, one.what),
              el("td", { class: "wrap lines" }, one.told),
            );
          }),
        ),
      );
    } catch (error) {
      if (!left.aborted)
        list.replaceChildren(el("p", { class: "warning" }, `${t("failed")} ${error.message}`));
    }
    button.disabled = false;
  }
  await look();
}
