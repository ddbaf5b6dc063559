// The beep of a ringing message: off until the viewer switches it on, then remembered.
import { icon, make, unseen } from "./dom.js";

const KEY = "telegram-sandbox-sound";
let context = null;
let on = localStorage.getItem(KEY) === "on";

export function setUpSound(button) {
  const show = () => {
    button.setAttribute("aria-pressed", String(on));
    button.replaceChildren(icon(on ? "bell" : "muted"), make("span", {}, on ? "Sound on" : "Sound off"), unseen("for ringing messages"));
  };
  button.addEventListener("click", () => {
    on = !on;
    localStorage.setItem(KEY, on ? "on" : "off");
    show();
    if (on) beep();
  });
  show();
}

export function beep() {
  document.body.dataset.beeps = Number(document.body.dataset.beeps ?? 0) + (on ? 1 : 0);
  if (!on) return;
  context ??= new AudioContext();
  // A remembered "on" may still wait for the first click on the page: browsers want one.
  if (context.state === "suspended") context.resume().catch(() => undefined);
  tone(880, 0, 0.12);
  tone(1175, 0.13, 0.18);
}

function tone(pitch, delay, length) {
  const start = context.currentTime + delay;
  const voice = context.createOscillator();
  const volume = context.createGain();
  voice.frequency.value = pitch;
  volume.gain.setValueAtTime(0.0001, start);
  volume.gain.exponentialRampToValueAtTime(0.25, start + 0.015);
  volume.gain.exponentialRampToValueAtTime(0.0001, start + length);
  voice.connect(volume).connect(context.destination);
  voice.start(start);
  voice.stop(start + length);
}
