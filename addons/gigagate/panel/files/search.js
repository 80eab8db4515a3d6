// Words in a thread: steps without them are hidden, they are marked, what is folded around them opens.

import { el, searchField, t } from "./page.js";

const MARK = "found";

/** A field, and how many steps fit; `again` after the thread has changed. */
export function searched(steps) {
  const field = searchField("search_in_session", () => again(true));
  const count = el("span", { class: "quiet", "aria-live": "polite" });
  function again(open = false) {
    const words = field.value.trim().toLowerCase();
    CSS.highlights?.delete(MARK);
    let fit = 0;
    const ranges = [];
    for (const step of steps.children) {
      const fits = !words || step.textContent.toLowerCase().includes(words);
      step.hidden = !fits;
      fit += fits;
      if (fits && words) ranges.push(...found(step, words, open));
    }
    if (ranges.length && globalThis.Highlight) CSS.highlights.set(MARK, new Highlight(...ranges));
    count.textContent = words ? t("steps_found", { count: fit, all: steps.children.length }) : "";
  }
  return { field, count, again };
}

function* found(step, words, open) {
  const walker = document.createTreeWalker(step, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.data.toLowerCase();
    for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + words.length)) {
      if (open)
        for (
          let box = node.parentElement.closest("details");
          box;
          box = box.parentElement.closest("details")
        )
          box.open = true;
      const range = new Range();
      range.setStart(node, at);
      range.setEnd(node, at + words.length);
      yield range;
    }
  }
}
