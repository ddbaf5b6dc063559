// Draws one message: bubble, picture or file, time and bell, inline keyboard.
import { icon, make, unseen } from "./dom.js";
import { draw } from "./entities.js";
import { isBusy } from "./store.js";
import { clock } from "./times.js";

export function drawMessage(message, on) {
  const mine = !message.from_bot;
  const rings = message.from_bot && !message.silent;
  const element = make("li", {
    class: `message ${mine ? "mine" : "theirs"} ${rings ? "rings" : ""}`,
    "data-id": message.id,
    "data-kind": message.kind,
    "data-album": message.album,
  });
  const bubble = make("div", { class: "bubble" }, quote(message, on), body(message, on), text(message, on), meta(message, rings));
  element.append(bubble);
  if (message.buttons.length > 0) element.append(keys(message, on));
  return element;
}

function text(message, on) {
  if (!message.text) return null;
  return make("div", { class: "text" }, draw(message.text, message.entities, on.command));
}

function quote(message, on) {
  if (!message.reply_to) return null;
  const { id, text: words } = message.reply_to;
  return make("button", { type: "button", class: "quote", onclick: () => on.jump(id) }, words);
}

function meta(message, rings) {
  const line = make("div", { class: "meta" });
  if (message.edited > 0) line.append(make("span", { class: "edited" }, "edited"));
  line.append(make("time", { datetime: new Date(message.date * 1000).toISOString() }, clock(message.date)));
  if (message.from_bot) line.append(icon(rings ? "bell" : "muted"), unseen(rings ? "rings" : "silent"));
  return line;
}

function body(message, on) {
  const { kind, file } = message;
  if (kind === "photo" || (kind === "animation" && file.mime === "image/gif")) return picture(message, on);
  if (kind === "sticker") return make("div", { class: "sticker", role: "img", "aria-label": "Sticker" }, "🙂");
  if (kind === "location") {
    const { latitude, longitude } = message.location;
    return card("place", "Location", `${latitude.toFixed(4)}, ${longitude.toFixed(4)}`);
  }
  if (kind === "contact") return card("person", message.contact.first_name, message.contact.phone_number);
  if (kind === "audio") return player(file);
  if (kind === "video") return make("video", { class: "video", controls: "", preload: "metadata", src: file.url, "aria-label": "Video" });
  if (file) return card(kind === "voice" ? "voice" : "file", file.name, size(file.size), file.url);
  return null;
}

function picture(message, on) {
  const { url, width, height } = message.file;
  const name = message.text ? `Picture: ${message.text.split("\n")[0]}` : "Picture";
  return make(
    "button",
    { type: "button", class: "photo", "aria-label": `${name}, enlarge`, onclick: () => on.enlarge(url, name) },
    make("img", { src: url, alt: name, width: width || null, height: height || null }),
  );
}

function player(file) {
  const sound = make("audio", { controls: "", preload: "metadata", src: file.url, "aria-label": file.title || file.name });
  return make("div", { class: "audio" }, make("b", {}, file.title || file.name), sound);
}

function card(drawing, title, small, address = null) {
  const parts = [make("span", { class: "disc" }, icon(drawing)), make("span", {}, make("b", {}, title), make("small", {}, small))];
  if (!address) return make("div", { class: "file" }, ...parts);
  return make("a", { class: "file", href: address, download: title }, ...parts);
}

function size(bytes) {
  return bytes < 1024 ? `${bytes} B` : bytes < 1048576 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
}

function keys(message, on) {
  const grid = make("div", { class: "keys" });
  for (const row of message.buttons) {
    grid.append(make("div", {}, ...row.map((button) => key(message, button, on))));
  }
  return grid;
}

function key(message, button, on) {
  const look = `key ${button.style ?? ""}`.trim();
  if (button.url) {
    return make("a", { class: look, href: button.url, target: "_blank", rel: "noopener noreferrer" }, `${button.label} ↗`);
  }
  return make(
    "button",
    {
      type: "button", class: look, "data-data": button.data,
      "aria-busy": isBusy(message.chat_id, message.id, button.data) ? "true" : null,
      onclick: () => on.tap(message, button),
    },
    button.label,
  );
}

export function showBusy(list, message) {
  const element = list.querySelector(`[data-id="${message.id}"]`);
  for (const button of element?.querySelectorAll(".key[data-data]") ?? []) {
    if (isBusy(message.chat_id, message.id, button.dataset.data)) button.setAttribute("aria-busy", "true");
    else button.removeAttribute("aria-busy");
  }
}
