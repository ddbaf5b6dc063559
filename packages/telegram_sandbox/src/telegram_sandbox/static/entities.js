// Draws a text with its Telegram entities; offsets count UTF-16 units, as JavaScript strings do.
import { make } from "./dom.js";
import { timeElement } from "./times.js";

const TAGS = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre" };
const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);

export function draw(text, entities, onCommand) {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  const whole = document.createDocumentFragment();
  fill(whole, text, 0, text.length, sorted, onCommand);
  return whole;
}

function fill(parent, text, from, to, entities, onCommand) {
  let at = from;
  let rest = entities;
  while (rest.length > 0) {
    const [first, ...others] = rest;
    const start = Math.max(first.offset, at);
    const end = Math.min(first.offset + first.length, to);
    const inner = others.filter((e) => e.offset < end);
    rest = others.filter((e) => e.offset >= end);
    if (end <= start) continue;
    parent.append(text.slice(at, start));
    const element = wrap(first, text.slice(start, end), onCommand);
    if (!element.dataset.filled) fill(element, text, start, end, inner, onCommand);
    parent.append(element);
    // A block already ends its line.
    at = BLOCKS.has(first.type) && text[end] === "\n" ? end + 1 : end;
  }
  parent.append(text.slice(at, to));
}

function wrap(entity, part, onCommand) {
  const kind = entity.type;
  if (TAGS[kind]) return make(TAGS[kind]);
  if (kind === "text_link" || kind === "url") return link(entity.url ?? part);
  if (kind === "bot_command") {
    return make("button", { type: "button", class: "command", onclick: () => onCommand(part) });
  }
  if (kind === "spoiler") return spoiler();
  if (kind === "blockquote") return make("blockquote");
  if (kind === "expandable_blockquote") {
    const open = (event) => event.currentTarget.classList.remove("folded");
    return make("blockquote", { class: "folded", onclick: open });
  }
  if (kind === "date_time") return timeElement(entity.unix_time, entity.date_time_format, part);
  return make("span");
}

function link(address) {
  if (!/^(https?|tg):\/\//.test(address)) return make("span");
  return make("a", { href: address, target: "_blank", rel: "noopener noreferrer" });
}

function spoiler() {
  const open = (event) => event.currentTarget.classList.add("open");
  return make("span", {
    class: "spoiler", role: "button", tabindex: "0", title: "Hidden text", onclick: open,
    onkeydown: (event) => event.key === "Enter" && open(event),
  });
}
