// Charts of bars as SVG: series stacked from the bottom, one bar a step of time.

import { el, t } from "./page.js";
import { clockOf, dayAndHour, dayOf, number } from "./locale.js";

const WIDE = 10,
  HIGH = 100;

/** series: [[values, class]]; shown: how a value is written. */
export function chart({ series, from, step, label, shown = number }) {
  const count = series[0][0].length;
  const sums = series[0][0].map((_, i) => series.reduce((sum, [values]) => sum + values[i], 0));
  const most = Math.max(...sums);
  const [at, edge] = step < 86400 ? [dayAndHour, clockOf] : [dayOf, dayOf];
  const bars = sums.map((sum, i) => {
    if (!sum) return null;
    let top = HIGH;
    const parts = series.map(([values, kind]) => {
      const height = (values[i] / most) * HIGH;
      top -= height;
      return height > 0
        ? el("rect", { x: i * WIDE + 1, width: WIDE - 2, y: top, height, class: kind })
        : null;
    });
    return el(
      "g",
      {},
      parts,
      el("rect", { class: "reach", x: i * WIDE, width: WIDE, y: 0, height: HIGH }),
      el("title", {}, `${at(from + i * step)}: ${shown(sum)}`),
    );
  });
  const said = most
    ? `${label}: ${t("at_most", { most: shown(most) })}`
    : `${label}: ${t("nothing")}`;
  return el(
    "figure",
    { class: "chart" },
    el(
      "svg",
      {
        viewBox: `0 0 ${count * WIDE} ${HIGH}`,
        preserveAspectRatio: "none",
        role: "img",
        "aria-label": said,
      },
      bars,
    ),
    el(
      "figcaption",
      { "aria-hidden": "true" },
      el("span", {}, edge(from)),
      el("span", {}, most ? `↑ ${shown(most)}` : t("nothing")),
      el("span", {}, edge(from + (count - 1) * step)),
    ),
  );
}

/** Requests as series of a chart: what went well, and on top of it what failed. */
export const wellAndFailed = ({ requests, errors }) => [
  [requests.map((all, i) => all - errors[i]), null],
  [errors, "bad"],
];

/** A chart of one line of text's height, for a table. */
export function spark(values, label) {
  const most = Math.max(...values, 1e-9);
  return el(
    "svg",
    {
      class: "spark",
      viewBox: `0 0 ${values.length * WIDE} ${HIGH}`,
      preserveAspectRatio: "none",
      role: "img",
      "aria-label": label,
    },
    values.map((value, i) =>
      value
        ? el("rect", {
            x: i * WIDE + 1,
            width: WIDE - 2,
            y: HIGH - (value / most) * HIGH,
            height: (value / most) * HIGH,
          })
        : null,
    ),
  );
}

/** How much of a limit is used. */
export const meter = (used, limit, label) =>
  el("meter", {
    min: 0,
    max: limit,
    high: limit * 0.8,
    optimum: 0,
    value: Math.min(used, limit),
    "aria-label": label,
  });
