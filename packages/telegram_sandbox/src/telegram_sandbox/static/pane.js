// One pane: a person's chat with the bot, and everything that person can do.
import { icon, make } from "./dom.js";
import { drawMessage, showBusy } from "./message.js";
import { attachPanel, commandPanel, personPanel } from "./panels.js";
import { act, people, pending, unread } from "./store.js";
import { day } from "./times.js";

const NEAR = 60;
const TINTS = 4; // as many as chat.css has

export class Pane {
  constructor(personId, page) {
    this.page = page;
    this.personId = personId;
    this.missed = 0;
    this.stuck = true;
    this.build();
    this.show(personId);
    // Pictures that load late and a window that shrinks must not hide the newest message.
    const watcher = new ResizeObserver(() => this.stuck && this.toBottom());
    watcher.observe(this.scroll);
    watcher.observe(this.list);
  }

  get person() { return people.get(this.personId); }

  build() {
    this.head = make("header", { class: "head" });
    this.pin = make("button", { type: "button", class: "pin", hidden: true });
    this.list = make("ol", { class: "list", role: "log", "aria-live": "polite", "aria-relevant": "additions" });
    this.scroll = make("div", { class: "scroll", tabindex: "0", "aria-label": "Messages", onscroll: () => this.scrolled() }, this.list);
    this.foot = make("footer", { class: "foot" });
    this.element = make("section", { class: "pane" }, this.head, this.pin, this.scroll, this.foot);
    this.element.addEventListener("keydown", (event) => event.key === "Escape" && this.closePanel());
    this.element.addEventListener("pointerdown", (event) => {
      if (this.panel && !this.panel.contains(event.target) && !event.target.closest("[aria-haspopup]")) this.closePanel();
    });
    this.on = {
      command: (text) => this.say(text),
      jump: (id) => this.jump(id),
      tap: (message, button) => this.tap(message, button),
      enlarge: this.page.enlarge,
    };
  }

  show(personId) {
    this.personId = personId;
    this.element.dataset.person = personId;
    this.element.dataset.role = this.person.role;
    this.closePanel();
    this.drawAll();
  }

  drawAll() {
    this.list.replaceChildren();
    this.lastDay = null;
    for (const message of this.person.messages.values()) if (!message.deleted) this.append(message);
    this.drawFrame();
    this.toBottom();
  }

  // The frame: head, pinned message, writing line, keyboards

  drawFrame() {
    const { person } = this;
    this.drawHead(person);
    this.drawEmpty(person);
    this.drawPin(person);
    this.drawFoot(person);
  }

  drawHead(person) {
    const choose = make("select", { "aria-label": "Whose chat this is", onchange: (event) => this.page.choose(this, Number(event.target.value)) });
    for (const other of people.values()) {
      const waiting = unread.get(other.id) ? ` (${unread.get(other.id)} new)` : "";
      const title = other.role ? `${other.name}, ${other.role}${waiting}` : other.name + waiting;
      choose.append(make("option", { value: other.id, selected: other.id === person.id }, title));
    }
    this.status = make("span", {}, statusOf(person));
    this.head.replaceChildren(
      make("span", { class: "avatar", "data-tint": tintOf(person), "aria-hidden": "true" }, person.name.slice(0, 1)),
      make("div", { class: "who" }, make("strong", {}, person.name, people.size > 1 ? icon("down") : null), this.status, choose),
      make("button", { type: "button", class: "round more", "aria-label": `More about ${person.name}`, "aria-haspopup": "menu", onclick: () => this.togglePanel("person") }, icon("dots")),
    );
    this.element.setAttribute("aria-label", `${person.name}'s chat with the bot`);
  }

  drawPin(person) {
    const message = person.messages.get(person.pinned.at(-1));
    this.pin.hidden = !message || message.deleted;
    if (this.pin.hidden) return;
    this.pin.replaceChildren(make("b", {}, "Pinned"), make("span", {}, message.text.split("\n")[0]));
    this.pin.onclick = () => this.jump(message.id);
  }

  drawFoot(person) {
    const typed = this.input?.value ?? "";
    const focused = document.activeElement === this.input;
    const silenced = person.blocked || person.deactivated;
    this.foot.replaceChildren(silenced ? this.blockedLine(person) : this.writeLine());
    const keys = silenced ? null : this.replyKeys(person);
    if (keys) this.foot.append(keys);
    this.below = make("button", { type: "button", class: "below", "aria-label": "To the newest message", hidden: true, onclick: () => this.toBottom(true) }, icon("down"));
    this.foot.append(this.below);
    if (this.input && typed) this.input.value = typed;
    if (focused) this.input?.focus();
  }

  blockedLine(person) {
    this.input = null;
    if (person.deactivated) return make("p", { class: "wide" }, "This account was deleted.");
    return make("button", { type: "button", class: "wide", onclick: () => this.act("unblock") }, "Unblock the bot");
  }

  writeLine() {
    this.input = make("input", {
      type: "text", placeholder: "Message", "aria-label": `Message as ${this.person.name}`,
      autocomplete: "off", enterkeyhint: "send", oninput: () => this.typed(),
    });
    const submit = (event) => {
      event.preventDefault();
      if (this.input.value.trim()) this.say(this.input.value);
      this.input.value = "";
      this.closePanel();
    };
    const tool = (name, label, drawing) => make("button", { type: "button", class: `round ${name}`, "aria-label": label, "aria-haspopup": "menu", onclick: () => this.togglePanel(name) }, icon(drawing));
    return make("form", { class: "write", onsubmit: submit },
      tool("commands", "Commands", "slash"), this.input, tool("attach", "Attach", "clip"),
      make("button", { type: "submit", class: "round go", "aria-label": "Send" }, icon("send")));
  }

  replyKeys(person) {
    if (person.keyboard.length === 0) return null;
    const rows = person.keyboard.map((row) => make("div", {}, ...row.map((button) =>
      make("button", { type: "button", class: `key ${button.style ?? ""}`.trim(), onclick: () => this.pressReply(button) },
        button.request === "location" ? `${button.label} 📍` : button.label))));
    return make("div", { class: "keyboard keys", role: "group", "aria-label": "Keyboard" }, ...rows);
  }

  pressReply(button) {
    if (button.request === "location") this.togglePanel("attach");
    else this.act("tap", { label: button.label });
  }

  drawEmpty(person) {
    const none = [...person.messages.values()].every((message) => message.deleted);
    const shown = this.list.querySelector(".empty");
    if (!none) shown?.remove();
    if (!none || shown) return;
    this.list.append(make("li", { class: "empty" },
      make("b", {}, `${person.name} has not met the bot yet`),
      person.about || "Press START, or write a message below. Several people can talk to the bot at once: one in each pane.",
      make("div", {}, make("button", { type: "button", class: "filled", onclick: () => this.say("/start") }, "START"))));
  }

  // Messages

  append(message) {
    const date = new Date(message.date * 1000).toDateString();
    if (date !== this.lastDay) {
      this.list.append(make("li", { class: "day", "data-unix": message.date }, day(message.date)));
      this.lastDay = date;
    }
    const element = drawMessage(message, this.on);
    this.list.append(element);
    return element;
  }

  upsert(message, before) {
    const stay = this.stuck;
    const old = this.list.querySelector(`[data-id="${message.id}"]`);
    if (message.deleted) old?.remove();
    else if (old) this.replace(old, message, before);
    else this.arrive(message);
    this.drawEmpty(this.person);
    if (this.person.pinned.includes(message.id)) this.drawPin(this.person);
    if (stay || !message.from_bot) this.toBottom();
    else if (!old) this.miss();
  }

  arrive(message) {
    this.append(message).classList.add("fresh");
    if (message.from_bot) this.status.replaceChildren(statusOf(this.person));
    this.status.classList.remove("typing");
  }

  replace(old, message, before) {
    const label = old.contains(document.activeElement) ? document.activeElement.textContent : null;
    const element = drawMessage(message, this.on);
    if (before && before.edited !== message.edited) element.classList.add("changed");
    old.replaceWith(element);
    if (label) [...element.querySelectorAll("button")].find((b) => b.textContent === label)?.focus();
  }

  busyChanged(query) {
    const message = this.person.messages.get(query.message_id);
    if (message) showBusy(this.list, message);
  }

  typing(text) {
    this.status.textContent = text;
    this.status.classList.add("typing");
    clearTimeout(this.typingEnds);
    this.typingEnds = setTimeout(() => {
      this.status.textContent = statusOf(this.person);
      this.status.classList.remove("typing");
    }, 5000);
  }

  // Scrolling

  atBottom() {
    return this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < NEAR;
  }

  toBottom(smooth = false) {
    this.scroll.scrollTo({ top: this.scroll.scrollHeight, behavior: smooth ? "smooth" : "instant" });
    this.missed = 0;
    this.stuck = true;
    this.showBelow();
  }

  scrolled() {
    this.stuck = this.atBottom();
    if (this.stuck) this.missed = 0;
    this.showBelow();
  }

  miss() {
    this.missed += 1;
    this.showBelow();
  }

  showBelow() {
    this.below.hidden = this.atBottom();
    this.below.replaceChildren(icon("down"), this.missed ? make("span", { class: "badge" }, String(this.missed)) : "");
  }

  jump(id) {
    const element = this.list.querySelector(`[data-id="${id}"]`);
    this.stuck = false;
    element?.scrollIntoView({ block: "center" });
    element?.classList.remove("changed");
    requestAnimationFrame(() => element?.classList.add("changed"));
  }

  // What the person does

  async act(verb, body) {
    try {
      await act(this.personId, verb, body);
    } catch (error) {
      this.toast(error.message);
    }
  }

  say(text) {
    this.closePanel();
    return this.act("say", { text });
  }

  async tap(message, button) {
    const mark = `tap-${message.id}-${button.data}`;
    const query = { chat_id: message.chat_id, message_id: message.id, data: button.data };
    pending.set(mark, query);
    this.busyChanged(query);
    await this.act("tap", { label: button.label, message_id: message.id });
    pending.delete(mark);
    this.busyChanged(query);
  }

  typed() {
    const asks = this.input.value.startsWith("/") && !this.input.value.includes(" ");
    if (asks) this.openPanel("commands", this.input.value.slice(1));
    else if (this.panelKind === "commands") this.closePanel();
  }

  togglePanel(kind) {
    if (this.panelKind === kind) this.closePanel();
    else this.openPanel(kind, "", true);
  }

  openPanel(kind, filter = "", focus = false) {
    this.closePanel();
    const builders = { commands: commandPanel, attach: attachPanel, person: personPanel };
    this.panel = builders[kind](this, filter);
    if (!this.panel) return;
    this.panelKind = kind;
    (kind === "person" ? this.element : this.foot).append(this.panel);
    if (focus) this.panel.querySelector("button, input")?.focus();
  }

  closePanel() {
    if (this.panel?.contains(document.activeElement)) this.input?.focus();
    this.panel?.remove();
    this.panel = this.panelKind = null;
  }

  toast(text) {
    this.foot.querySelector(".toast")?.remove();
    const element = make("p", { class: "toast", role: "status" }, text);
    this.foot.append(element);
    setTimeout(() => element.remove(), 4000);
  }

  alert(text) {
    const before = document.activeElement;
    const close = () => { box.remove(); before?.focus?.(); };
    const ok = make("button", { type: "button", class: "filled", onclick: close }, "OK");
    const box = make("div", { class: "alert", role: "alertdialog", "aria-modal": "true", "aria-label": "The bot says", onkeydown: (event) => event.key === "Escape" && close() },
      make("div", {}, make("p", {}, text), make("div", { class: "row" }, ok)));
    this.element.append(box);
    ok.focus();
  }
}

// People of one role have one colour; people without a role have one each.
function tintOf(person) {
  const kinds = [...new Set([...people.values()].map((one) => one.role || one.id))];
  return kinds.indexOf(person.role || person.id) % TINTS;
}

function statusOf(person) {
  const state = person.deactivated ? "account deleted" : person.blocked ? "blocked the bot" : person.started ? "talks with the bot" : "has not started the bot";
  return person.role ? `${person.role} · ${state}` : state;
}

