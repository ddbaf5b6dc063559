// Starts the page: loads the state, opens the panes, follows the changes.
import { icon, make } from "./dom.js";
import { Pane } from "./pane.js";
import { beep, setUpSound } from "./sound.js";
import { act, bot, load, people, pending, post, refreshPeople, rolesInUse, setPerson, unread } from "./store.js";
import { setNow, startTicking } from "./times.js";

const MOST_PANES = 3;
const LONGEST_WAIT = 30000; // an unanswered tap stops spinning, as in Telegram
const ACTIONS = { typing: "bot is typing…", upload_photo: "bot is sending a picture…", upload_document: "bot is sending a file…" };
const byId = (id) => document.getElementById(id);
const panes = [];
let active = null;
let source = null;

function enlarge(address, name) {
  const viewer = byId("viewer");
  const image = viewer.querySelector("img");
  image.src = address;
  image.alt = name;
  viewer.showModal();
}

const page = { enlarge, choose: (pane, personId) => choose(pane, personId) };

function choose(pane, personId) {
  // A person already on screen changes places with the one they replace.
  const other = panes.find((one) => one !== pane && one.personId === personId);
  const before = pane.personId;
  unread.delete(personId);
  pane.show(personId);
  other?.show(before);
  drawTabs();
}

function drawPanes() {
  for (const person of people.values()) {
    if (panes.length >= MOST_PANES) break;
    if (panes.some((pane) => pane.personId === person.id)) continue;
    const pane = new Pane(person.id, page);
    panes.push(pane);
    byId("panes").append(pane.element);
    pane.toBottom();
  }
  activate(active ?? panes[0]);
}

function activate(pane) {
  active = pane ?? null;
  for (const one of panes) one.element.classList.toggle("active", one === pane);
  if (pane) unread.delete(pane.personId);
  pane?.toBottom();
  drawTabs();
}

function drawTabs() {
  const focused = byId("tabs").contains(document.activeElement);
  byId("tabs").replaceChildren(...panes.map((pane) => {
    const count = unread.get(pane.personId) ?? 0;
    const badge = count ? make("span", { class: "badge", "aria-label": `${count} unread` }, String(count)) : null;
    return make("button", { type: "button", role: "tab", class: "tab", "aria-selected": String(pane === active), onclick: () => activate(pane) }, pane.person.name, badge);
  }));
  if (focused) byId("tabs").querySelector('[aria-selected="true"]')?.focus();
}

const paneOf = (chatId) => panes.find((pane) => pane.personId === chatId);
const narrow = () => matchMedia("(max-width: 760px)").matches;

function endWaiting(id) {
  const query = pending.get(id);
  pending.delete(id);
  if (query) paneOf(query.chat_id)?.busyChanged(query);
}

const HANDLERS = {
  message(message) {
    const person = people.get(message.chat_id);
    if (!person) return;
    const before = person.messages.get(message.id);
    person.messages.set(message.id, message);
    const pane = paneOf(message.chat_id);
    pane?.upsert(message, before);
    if (before || !message.from_bot || message.deleted) return;
    if (!message.silent) beep();
    const seen = pane && (!narrow() || pane === active);
    if (seen) return;
    unread.set(person.id, (unread.get(person.id) ?? 0) + 1);
    if (pane) drawTabs();
    else for (const one of panes) one.drawHead(one.person);
  },
  chat(told) {
    if (!told.name) return;
    const fresh = setPerson(told);
    if (fresh) drawPanes();
    paneOf(told.id)?.drawFrame();
    if (fresh) for (const pane of panes) pane.drawHead(pane.person);
    drawTabs();
  },
  query(query) {
    pending.set(query.id, query);
    paneOf(query.chat_id)?.busyChanged(query);
    setTimeout(() => endWaiting(query.id), LONGEST_WAIT);
  },
  toast(told) {
    const pane = paneOf(told.chat_id);
    endWaiting(told.id);
    if (!told.text) return;
    if (told.alert) pane?.alert(told.text);
    else pane?.toast(told.text);
  },
  action(told) {
    paneOf(told.chat_id)?.typing(ACTIONS[told.action] ?? "bot is busy…");
  },
  profile: () => refreshPeople(),
  reset: () => reload(),
};

async function reload() {
  await load();
  for (const pane of [...panes]) {
    if (people.has(pane.personId)) pane.show(pane.personId);
    else {
      pane.element.remove();
      panes.splice(panes.indexOf(pane), 1);
      if (active === pane) active = null;
    }
  }
  drawPanes();
}

function follow(after) {
  source = new EventSource(`/_/events?after=${encodeURIComponent(after)}`);
  let last = after;
  source.addEventListener("open", () => connected(true));
  source.addEventListener("error", () => {
    connected(false);
    // After a refusal the browser gives up by itself; after a lost connection it tries again.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => follow(last), 1000);
  });
  for (const [kind, handle] of Object.entries(HANDLERS)) {
    source.addEventListener(kind, (event) => {
      last = event.lastEventId || last;
      const told = JSON.parse(event.data);
      if (told.now) setNow(told.now);
      handle(told);
    });
  }
}

function connected(yes) {
  document.body.dataset.connected = String(yes);
  byId("connection").hidden = yes;
}

function setUpAdding() {
  const button = byId("add");
  const dialog = byId("adding");
  const form = dialog.querySelector("form");
  button.append(icon("add"), make("span", {}, "Add a person"));
  button.setAttribute("aria-label", "Add a person");
  button.addEventListener("click", () => {
    byId("roles").replaceChildren(...rolesInUse().map((value) => make("option", { value })));
    dialog.showModal();
  });
  form.querySelector('[value="cancel"]').addEventListener("click", () => dialog.close());
  form.addEventListener("submit", async () => {
    const { name, role } = Object.fromEntries(new FormData(form));
    form.reset();
    const told = await post("/_/people", { name, role });
    HANDLERS.chat(told);
    const pane = panes.find((one) => role && one.person.role === role) ?? panes.at(-1);
    if (!paneOf(told.id)) choose(pane, told.id);
  });
}

// In Telegram a start link opens the bot for whoever taps it; here somebody has to be chosen.
function setUpOpening() {
  const dialog = byId("opening");
  const open = (person, token) => {
    const say = { text: `/start ${token}` };
    dialog.close();
    const pane = paneOf(person.id);
    if (pane) pane.act("say", say);
    else act(person.id, "say", say);
  };
  dialog.querySelector('[value="cancel"]').addEventListener("click", () => dialog.close());
  byId("panes").addEventListener("click", (event) => {
    const token = tokenOf(event.target.closest("a"));
    if (!token) return;
    event.preventDefault();
    dialog.querySelector(".people").replaceChildren(...[...people.values()].map((person) =>
      make("button", { type: "button", class: "item", "aria-label": person.name, onclick: () => open(person, token) },
        make("b", {}, person.name), make("span", {}, person.role))));
    dialog.showModal();
  });
}

function tokenOf(link) {
  if (!link) return null;
  const address = new URL(link.href);
  const ours = address.host === "t.me" && address.pathname === `/${bot.username}`;
  return ours ? address.searchParams.get("start") : null;
}

function setUpViewer() {
  const viewer = byId("viewer");
  viewer.addEventListener("click", () => viewer.close());
}

async function start() {
  setUpSound(byId("sound"));
  setUpAdding();
  setUpOpening();
  setUpViewer();
  startTicking();
  const last = await load();
  drawPanes();
  follow(last);
}

start();
