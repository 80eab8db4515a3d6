// Numbers, money and time as the reader writes them.  Formats are made once: making one is slow.

import { lang, t } from "./page.js";

const own = navigator.languages?.find((one) => one.toLowerCase().startsWith(lang));
const locale = own && own !== "en" ? own : { en: "en-GB", ru: "ru-RU" }[lang];
const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
const hundredth = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
const roubles = new Intl.NumberFormat(locale, {
  style: "currency",
  currency: "RUB",
  currencyDisplay: "narrowSymbol",
});
const hour = new Intl.DateTimeFormat(locale, { timeStyle: "medium" });
const minute = new Intl.DateTimeFormat(locale, { timeStyle: "short" });
const day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
const long = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });
const dayHour = new Intl.DateTimeFormat(locale, {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});
const both = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" });

const date = (seconds) => new Date(seconds * 1000);
export const number = (value) => whole.format(value);
export const fine = (value) => hundredth.format(value);
export const money = (value) => roubles.format(value);
export const clock = (seconds) => hour.format(date(seconds));
export const clockOf = (seconds) => minute.format(date(seconds));
export const moment = (seconds) => both.format(date(seconds));
export const dayOf = (seconds) => day.format(date(seconds));
/** A day such as 2027-12-31, which is the same wherever its reader is. */
export const dateOf = (text) => long.format(new Date(`${text}T12:00`));
export const dayAndHour = (seconds) => dayHour.format(date(seconds));

let midnight = 0;
/** The time of a day; with the day if it is not today's. */
export function when(seconds) {
  if (Date.now() - midnight > 86400000) midnight = new Date().setHours(0, 0, 0, 0);
  return seconds * 1000 >= midnight ? clock(seconds) : dayAndHour(seconds);
}

export const time = (ms) =>
  ms < 1000
    ? `${number(ms)} ${t("milliseconds")}`
    : `${(ms < 10000 ? hundredth : tenth).format(ms / 1000)} ${t("seconds")}`;

export function span(seconds) {
  const days = Math.floor(seconds / 86400),
    hours = Math.floor(seconds / 3600),
    minutes = Math.floor(seconds / 60);
  if (days) return `${number(days)} ${t("days")} ${hours % 24} ${t("hours")}`;
  if (hours) return `${hours} ${t("hours")} ${minutes % 60} ${t("minutes")}`;
  return minutes
    ? `${minutes} ${t("minutes")}`
    : `${Math.max(0, Math.floor(seconds))} ${t("seconds")}`;
}
