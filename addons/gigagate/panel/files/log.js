// The last lines of the log, as they come.

import { listen } from "./live.js";
import { when } from "./locale.js";
import { check, el, heading, t } from "./page.js";

const MOST = 500;

export async function show(place, left) {
  const follow = el("input", { type: "checkbox", checked: true });
  const list = el(
    "div",
    { class: "log", role: "log", tabindex: 0, "aria-label": t("log") },
    el("p", { class: "quiet" }, t("loading")),
  );
  const whose = el("p", { class: "quiet" });
  place.append(heading("log", check("follow", follow)), whose, list);
  let seen = 0;
  listen(
    {
      log: ({ lines, worker }) => {
        whose.textContent = worker === null ? "" : t("log_of_worker", { worker });
        if (!seen) list.replaceChildren();
        if (lines.length && lines[0].id <= seen) {
          list.replaceChildren();
        } // told anew, or the proxy has been started anew
        list.append(
          ...lines.map((line) =>
            el("div", { class: line.level }, el("time", {}, when(line.time)), line.text),
          ),
        );
        seen = lines.at(-1)?.id ?? seen;
        while (list.childElementCount > MOST) list.firstChild.remove();
        if (!list.childElementCount) list.append(el("p", { class: "quiet" }, t("no_log")));
        if (follow.checked) list.scrollTop = list.scrollHeight;
      },
    },
    left,
  );
}
