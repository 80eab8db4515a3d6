// The last lines of the log.

import { ask, clock, el, t } from "./page.js";

export async function show(place, left) {
  const list = el("pre", { class: "log", tabindex: 0, "aria-label": t("log") });
  place.append(list);
  let before = "";
  while (!left.aborted) {
    const { lines } = await ask("log", { signal: left });
    if (left.aborted) return;
    const now = JSON.stringify(lines.at(-1) ?? "");
    if (now !== before || !list.childElementCount) {
      before = now;
      const atEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 8;
      list.replaceChildren(...(lines.length ? lines.map((line) => el("div", { class: line.level }, `${clock(line.time)} ${line.text}`)) : [t("no_log")]));
      if (atEnd) list.scrollTop = list.scrollHeight;
    }
    await new Promise((resolve) => { setTimeout(resolve, 2000); left.addEventListener("abort", resolve); });
  }
}
