// Cards, drawn by Microsoft's renderer with the host config of Teams.

import { markup } from "/page/markdown.js";

const { AdaptiveCard, GlobalRegistry, HostConfig, SerializationContext } = window.AdaptiveCards;

const load = async (name) => (await fetch(`/page/vendor/teams-${name}.json`)).json();
const LOOKS = Object.fromEntries(await Promise.all(["light", "dark"].map(async (name) => [name, await load(name)])));

// The designer's red is too faint on its dark ground (3.2 : 1, where WCAG asks for 4.5), so it is lightened here.
for (const style of ["default", "emphasis"]) {
  LOOKS.dark.containerStyles[style].foregroundColors.attention = { default: "#fff8868f", subtle: "#fff8868f" };
}

AdaptiveCard.onProcessMarkdown = (text, result) => {
  result.outputHtml = markup(text);
  result.didProcess = true;
};

// Where an element keeps those inside it, in the order in which play/cards.py counts buttons.
const INSIDE = ["body", "items", "columns", "rows", "cells", "actions", "inlines"];

const clone = (value) => JSON.parse(JSON.stringify(value));

const isKnown = (type) => !type || type in { Column: 1, TableRow: 1, TableCell: 1, TextRun: 1 } ||
  Boolean(GlobalRegistry.elements.findByName(type) ?? GlobalRegistry.actions.findByName(type));

/** The element, or what to draw in its place; null: nothing. What is unknown and has no fallback stays, and is a fault. */
function drawable(element) {
  if (isKnown(element.type) || !element.fallback) return element;
  return element.fallback === "drop" ? null : drawable(element.fallback);
}

/** A copy with what goes beyond the renderer (charts, say) replaced by its fallback, as play/cards.py reads it. */
function plain(card) {
  const copy = clone(card);
  const within = (element) => {
    for (const key of INSIDE) {
      if (!Array.isArray(element[key])) continue;
      element[key] = element[key].map(drawable).filter(Boolean);
      element[key].forEach(within);
    }
  };
  within(copy);
  return copy;
}

function* everything(element) {
  for (const key of INSIDE) {
    for (const child of Array.isArray(element[key]) ? element[key] : []) {
      yield child;
      yield* everything(child);
    }
  }
}

/** The card with each button named by its number, as the stand-in counts them: of those that can be seen. */
function numbered(card) {
  const copy = plain(card);
  let count = 0;
  for (const each of everything(copy)) if (each.type?.startsWith("Action.")) each.id = `button-${count++}`;
  return copy;
}

const NUMBER = /^button-(\d+)$/;

/**
 * The card drawn: its `element`, and what is filled in by now, as `inputs` and as the `current` card. `press(number, inputs)`:
 * somebody has pressed a button, and the renderer found nothing wrong with what was filled in. `complain(text)`: the renderer
 * found a fault in the card itself.
 */
export function draw(card, { look, press = () => {}, complain = (text) => console.warn(text) }) {
  const drawn = new AdaptiveCard();
  drawn.hostConfig = new HostConfig(clone(LOOKS[look]));
  drawn.onExecuteAction = (action) => {
    if (action.url) window.open(action.url, "_blank", "noopener");
    else press(Number(NUMBER.exec(action.id)?.[1]), inputsOf(drawn));
  };
  const context = new SerializationContext();
  drawn.parse(numbered(card), context);
  const faults = Array.from({ length: context.eventCount }, (_, place) => context.getEventAt(place));
  for (const each of [...faults, ...drawn.validateProperties().validationEvents]) complain(each.message);
  const place = document.createElement("div");
  place.className = `card ${look}`;
  place.append(drawn.render());
  return { element: place, inputs: () => inputsOf(drawn), current: () => holding(card, inputsOf(drawn)) };
}

function holding(card, inputs) {
  const copy = plain(card);
  for (const each of inputsIn(copy)) each.value = inputs[each.id];
  return copy;
}

const inputsOf = (drawn) =>
  Object.fromEntries(drawn.getAllInputs().map((each) => [each.id, String(each.value ?? "")]));

export const inputsIn = (card) => [...everything(card)].filter((each) => each.type?.startsWith("Input."));

export const buttonsOf = (card) => [...everything(plain(card))].filter((each) => each.type?.startsWith("Action."));

/** What a card is about, in a few words. */
export function titleOf(card) {
  for (const each of everything(card)) if (each.type === "TextBlock") return each.text;
  return "";
}

/** The card with examples where nothing stands yet; null: it asks for nothing that there is an example of. */
export function filled(card, examples) {
  const copy = plain(card);
  const found = inputsIn(copy).filter((each) => each.id in examples && fits(each, examples[each.id]));
  for (const each of found) if (!each.value || each.type === "Input.Toggle") each.value = examples[each.id];
  return found.length ? copy : null;
}

function fits(input, value) {
  if (!input.choices) return true;
  const known = input.choices.map((each) => each.value);
  return value.split(",").every((each) => known.includes(each));
}
