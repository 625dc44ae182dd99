// The page: who is here, and what they share: the clock, the theme and the tour.

import * as api from "/page/api.js";
import { el, say } from "/page/dom.js";
import { Pane } from "/page/pane.js";
import { useOnPage } from "/page/theme.js";
import { Tour } from "/page/tour.js";

const find = (id) => document.getElementById(id);
const [people, examples] = await Promise.all([api.people(), api.example()]).catch((error) => {
  say(error.message);
  throw error;
});
const panes = new Map(); // by handle

const tour = new Tour(find("tour"), { pane: (handle) => panes.get(handle), open, examples, choose });

// Who is here; the address holds it, so that the page can be loaded again or sent to another window.

async function open(handle) {
  const person = people.find((each) => each.handle === handle);
  if (!person) return;
  if (!panes.has(handle)) {
    const pane = new Pane(person, { examples, changed: () => tour.draw(), closed: () => close(handle) });
    panes.set(handle, pane);
    find("chats").append(pane.element);
    remember();
  }
  goTo(panes.get(handle)); // before anything is waited for: who writes elsewhere meanwhile must not be moved
  await panes.get(handle).start();
  tour.draw();
}

function close(handle) {
  panes.get(handle).element.remove();
  panes.delete(handle);
  remember();
  tour.draw();
  (panes.size ? find("jump").lastElementChild : find("chats")).focus();
}

function goTo(pane) {
  pane.element.scrollIntoView({ block: "nearest", inline: "start" });
  const isTouched = matchMedia("(pointer: coarse)").matches; // where typing brings up a keyboard over half the page
  (isTouched ? pane.element : pane.box.firstChild).focus({ preventScroll: true });
}

function remember() {
  history.replaceState(null, "", `#${[...panes.keys()].join("/")}`);
  const jumps = [...panes.values()].map((pane) => el("button", { type: "button", onclick: () => goTo(pane) }, pane.name));
  find("jump").replaceChildren(...jumps, el("button", { type: "button", className: "add", onclick: choose }, "+ Legg til en person"));
  find("jump").hidden = !panes.size;
  welcome();
}

/** Everybody, by what they are. */
function everybody(chosen) {
  const button = (each) => el("button", { type: "button", onclick: () => chosen(each.handle) }, each.name.replace(" (eksempel)", ""));
  const group = ([name, members]) =>
    el("section", {}, el("h3", {}, name), el("ul", {}, ...members.map((each) => el("li", {}, button(each)))));
  return [
    el("h2", {}, "Hvem vil du være?"),
    el("p", {}, "Alle er eksempler, med navn etter rollen de har."),
    ...[...Map.groupBy(people, (each) => each.group)].map(group),
  ];
}

function choose() {
  const dialog = find("people");
  const chosen = (handle) => {
    dialog.close();
    open(handle);
  };
  const cancel = el("button", { type: "button", className: "quiet", onclick: () => dialog.close() }, "Avbryt");
  dialog.replaceChildren(...everybody(chosen), cancel);
  dialog.showModal();
}

/** Where nobody is yet, everybody is shown to choose from. */
function welcome() {
  const start = find("start");
  start.hidden = panes.size > 0;
  start.replaceChildren(...(panes.size ? [] : everybody(open)));
}

// The day

function showDay(day) {
  const [year, month, date] = day.split("-").map(Number);
  const text = new Date(Date.UTC(year, month - 1, date)).toLocaleDateString("nb-NO", { dateStyle: "long", timeZone: "UTC" });
  find("today").textContent = text;
  const field = find("clock").elements.day;
  field.min = new Date(Date.UTC(year, month - 1, date + 1)).toISOString().slice(0, 10);
  if (field.value < field.min) field.value = field.min;
}

find("clock").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    showDay(await api.moveTo(event.target.elements.day.value));
    say(`Nå er det ${find("today").textContent} for forumet.`);
  } catch (error) {
    say(error.message);
  }
});

// Together

find("tour-button").addEventListener("click", () => tour.turn());
useOnPage(find("theme"));
document.addEventListener("visibilitychange", () => document.hidden || panes.forEach((pane) => pane.reopen()));

showDay(await api.today());
const named = decodeURIComponent(location.hash.slice(1)).split("/").filter(Boolean);
remember();
if (!named.length) tour.turn(true);
await Promise.all(named.map(open));

api.listen(async () => {
  showDay(await api.today());
  await Promise.all([...panes.values()].map((pane) => pane.catchUp()));
});
