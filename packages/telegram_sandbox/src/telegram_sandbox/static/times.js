// Times in the viewer's own zone, some of them ticking.
import { make } from "./dom.js";

const PARTS = {
  w: { weekday: "long" },
  d: { day: "2-digit", month: "2-digit", year: "numeric" },
  D: { day: "numeric", month: "long", year: "numeric" },
  t: { hour: "2-digit", minute: "2-digit" },
  T: { hour: "2-digit", minute: "2-digit", second: "2-digit" },
};
let ahead = 0; // seconds from this machine's clock to the sandbox's

export function setNow(seconds) {
  ahead = seconds - Date.now() / 1000;
}

const now = () => Date.now() / 1000 + ahead;

const STEPS = [[86400, "day"], [3600, "h"], [60, "min"]];

export function timeElement(unix, format, fallback) {
  const when = new Date(unix * 1000);
  const element = make("time", { datetime: when.toISOString(), title: when.toLocaleString() });
  if (!format) return element;
  element.dataset.filled = "yes";
  element.dataset.unix = unix;
  element.dataset.format = format;
  element.textContent = format === "r" ? relative(unix) : absolute(when, format) || fallback;
  return element;
}

function absolute(when, format) {
  const options = Object.assign({ hourCycle: "h23" }, ...[...format].map((letter) => PARTS[letter]));
  return new Intl.DateTimeFormat(navigator.language, options).format(when);
}

export function relative(unix) {
  const seconds = Math.round(unix - now());
  const size = Math.abs(seconds);
  if (size === 0) return "now";
  const [length, name] = STEPS.find(([span]) => size >= span) ?? [1, "s"];
  const count = Math.floor(size / length);
  const rest = name === "min" && size < 600 ? ` ${size % 60} s` : "";
  const amount = name === "day" ? `${count} day${count === 1 ? "" : "s"}` : `${count} ${name}${rest}`;
  return seconds > 0 ? `in ${amount}` : `${amount} ago`;
}

export function clock(seconds) {
  return new Intl.DateTimeFormat(navigator.language, { ...PARTS.t, hourCycle: "h23" }).format(seconds * 1000);
}

export function day(seconds) {
  const that = new Date(seconds * 1000);
  if (that.toDateString() === new Date(now() * 1000).toDateString()) return "Today";
  return new Intl.DateTimeFormat(navigator.language, { day: "numeric", month: "long" }).format(that);
}

export function startTicking() {
  setInterval(() => {
    tick('time[data-format="r"]', relative);
    tick(".day", day);
  }, 250);
}

function tick(which, words) {
  for (const element of document.querySelectorAll(which)) {
    const text = words(Number(element.dataset.unix));
    if (element.textContent !== text) element.textContent = text;
  }
}
