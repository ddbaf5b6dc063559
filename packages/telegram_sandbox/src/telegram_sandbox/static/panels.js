// The small panels of a pane: commands, attachments, the person.
import { icon, make } from "./dom.js";
import { asBase64 } from "./store.js";

const CITIES = [["Berlin", 52.52, 13.405], ["New York", 40.7128, -74.006], ["Sydney", -33.8688, 151.2093], ["Kathmandu", 27.7172, 85.324]];

export function commandPanel(pane, filter) {
  const fitting = pane.person.commands.filter(({ command }) => command.startsWith(filter));
  if (fitting.length === 0) {
    if (filter) return null;
    return make("div", { class: "panel", role: "menu" }, make("h3", {}, "The bot has not announced any commands."));
  }
  return make("div", { class: "panel", role: "menu", "aria-label": "Commands" },
    ...fitting.map(({ command, description }) =>
      make("button", { type: "button", role: "menuitem", class: "item", onclick: () => choose(pane, command) },
        make("b", {}, `/${command}`), make("span", {}, description))));
}

function choose(pane, command) {
  pane.input.value = "";
  pane.say(`/${command}`);
}

export function attachPanel(pane) {
  const place = make("input", { type: "text", placeholder: "52.52, 13.405", "aria-label": "Latitude, longitude", inputmode: "text" });
  const send = (latitude, longitude) => {
    pane.closePanel();
    pane.act("location", { latitude, longitude });
  };
  const submit = (event) => {
    event.preventDefault();
    const [latitude, longitude] = place.value.split(/[\s,;]+/).map(Number);
    const fits = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
    if (fits) send(latitude, longitude);
    else place.setCustomValidity("Two numbers: latitude, longitude"), place.reportValidity();
  };
  place.addEventListener("input", () => place.setCustomValidity(""));
  return make("div", { class: "panel", role: "dialog", "aria-label": "Attach" },
    make("h3", {}, "Share a location"),
    make("div", { class: "chips" }, ...CITIES.map(([name, latitude, longitude]) =>
      make("button", { type: "button", onclick: () => send(latitude, longitude) }, name))),
    make("form", { onsubmit: submit }, place, make("button", { class: "filled", type: "submit" }, "Send")),
    make("h3", {}, "Or send"),
    filePicker(pane),
    item("voice", "Voice message", () => pane.act("voice"), pane),
    item("person", "My contact", () => pane.act("contact", { phone: "+491700000000" }), pane),
    item("smile", "Sticker", () => pane.act("sticker"), pane));
}

function item(drawing, title, action, pane) {
  return make("button", { type: "button", class: "item", onclick: () => { pane.closePanel(); action(); } }, icon(drawing), title);
}

function filePicker(pane) {
  const input = make("input", { type: "file", class: "unseen", tabindex: "-1", "aria-label": "File" });
  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file) return;
    pane.closePanel();
    const photo = ["image/png", "image/jpeg"].includes(file.type);
    pane.act("file", { name: file.name, mime: file.type, photo, data: await asBase64(file) });
  });
  return make("div", {}, input, make("button", { type: "button", class: "item", onclick: () => input.click() }, icon("file"), "Photo or file"));
}

export function personPanel(pane) {
  const { person } = pane;
  const blocked = person.blocked;
  const act = (verb) => () => { pane.closePanel(); pane.act(verb); };
  const address = `/_/transcript/${person.id}`;
  return make("div", { class: "panel menu", role: "menu" },
    make("h3", {}, `${person.name}${person.username ? ` · @${person.username}` : ""} · id ${person.id}`),
    make("button", { type: "button", role: "menuitem", class: "item", onclick: act(blocked ? "unblock" : "block") }, blocked ? "Unblock the bot" : "Block the bot"),
    make("a", { class: "item", role: "menuitem", href: address, target: "_blank", rel: "noopener" }, "Plain transcript"));
}
