// What the page knows, and how it asks the sandbox for more.
import { setNow } from "./times.js";

export let bot = {};
export const people = new Map();
export const pending = new Map(); // taps that wait for the bot, by query identifier
export const unread = new Map();

async function state() {
  const answer = await fetch("/_/state");
  return answer.json();
}

export async function refreshPeople() {
  for (const person of (await state()).people) setPerson(person);
}

export async function load() {
  const told = await state();
  setNow(told.now);
  bot = told.bot;
  people.clear();
  pending.clear();
  for (const person of told.people) {
    const messages = new Map(person.messages.map((message) => [message.id, message]));
    people.set(person.id, { ...person, messages });
    for (const query of person.waiting) pending.set(query.id, query);
  }
  return told.last;
}

export function setPerson(told) {
  const known = people.get(told.id);
  people.set(told.id, { ...told, messages: known?.messages ?? new Map() });
  return !known;
}

export function rolesInUse() {
  return [...new Set([...people.values()].map((person) => person.role))].filter(Boolean);
}

export function isBusy(chatId, messageId, data) {
  for (const query of pending.values()) {
    if (query.chat_id === chatId && query.message_id === messageId && query.data === data) return true;
  }
  return false;
}

export async function act(personId, verb, body = {}) {
  return post(`/_/people/${personId}/${verb}`, body);
}

export async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.error ?? "The sandbox did not take that.");
  return told;
}

export async function asBase64(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
