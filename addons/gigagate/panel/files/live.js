// What happens, as the proxy tells it: one stream of server-sent events a page, none while it is hidden.

import { ask } from "./page.js";

const PAUSE = 2000;
let source = null,
  again = 0;
let heard = {},
  shown = {},
  after = 0,
  lost = () => {};

/** Of what every view shows; `gone` is called when the proxy does not answer. */
export function always(handlers, gone) {
  shown = handlers;
  lost = gone;
  document.addEventListener("visibilitychange", connect);
}

/** Of what one view shows: topic -> handler, until it is left. */
export function listen(handlers, left) {
  heard = handlers;
  after = 0;
  left.addEventListener("abort", () => {
    if (heard === handlers) {
      heard = {};
      connect();
    }
  });
  connect();
}

/** Requests up to this one are known: they need not be told again. */
export const known = (number) => {
  after = number;
};

export function connect() {
  clearTimeout(again);
  source?.close();
  source = null;
  if (document.hidden) return;
  const handlers = { ...shown, ...heard };
  source = new EventSource(
    `/admin/api/events?of=${Object.keys(handlers).join(",")}&after=${after}`,
  );
  for (const [topic, handler] of Object.entries(handlers)) {
    source.addEventListener(topic, (event) => handler(JSON.parse(event.data)));
  }
  source.addEventListener("error", () => {
    source?.close();
    again = setTimeout(connect, PAUSE);
    ask("health").catch(lost); // a login that has ended reloads the page
  });
}
