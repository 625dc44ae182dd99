// Every card of the product: light and dark, on a phone and a desktop, and its text twin. What is shown stands in the address.

import { gallery } from "/page/api.js";
import { draw } from "/page/cards.js";
import { el, say } from "/page/dom.js";
import { useOnPage } from "/page/theme.js";

const LOOKS = { light: "lyst", dark: "mørkt" };
const WIDTHS = { phone: "telefon", desktop: "skrivebord" };

const form = document.getElementById("shown");
const place = document.getElementById("cards");

/** What the renderer has found wrong with any card, for whoever looks after them. */
const faults = (window.faults = []);

function example({ name, card, text }, { look, width }) {
  const complain = (fault) => faults.push(`${name}: ${fault}`);
  const drawings = (width ? [width] : Object.keys(WIDTHS)).flatMap((wide) =>
    (look ? [look] : Object.keys(LOOKS)).map((light) =>
      el("div", { className: wide }, el("h3", {}, `${LOOKS[light]}, ${WIDTHS[wide]}`), draw(card, { look: light, complain }).element),
    ),
  );
  const twin = el("div", {}, el("h3", {}, "som tekst"), el("pre", {}, text));
  return el("section", { ariaLabel: name }, el("h2", {}, name), el("div", { className: "example" }, ...drawings, twin));
}

const pause = () => new Promise((resolve) => setTimeout(resolve));

let turn = 0;

async function show() {
  const mine = ++turn;
  const given = Object.fromEntries(new FormData(form));
  history.replaceState(null, "", `?${new URLSearchParams(given)}`);
  place.setAttribute("aria-busy", "true");
  document.documentElement.lang = given.language;
  const { cards } = await gallery(given.language);
  const parts = [...new Set(cards.map((each) => each.name.split("/")[0]))];
  form.elements.part.replaceChildren(el("option", { value: "" }, "alle"), ...parts.map((each) => el("option", { value: each }, each)));
  form.elements.part.value = given.part;
  place.replaceChildren();
  for (const each of cards.filter((each) => each.name.startsWith(given.part))) {
    place.append(example(each, given));
    await pause(); // the page stays alive meanwhile
    if (mine !== turn) return;
  }
  place.setAttribute("aria-busy", "false");
}

const given = new URLSearchParams(location.search);
if (given.get("part")) form.elements.part.append(el("option", { value: given.get("part") }, given.get("part")));
for (const [name, value] of given) if (form.elements[name]) form.elements[name].value = value;
form.addEventListener("change", () => show().catch((error) => say(error.message)));
useOnPage(document.getElementById("theme"));
show().catch((error) => say(error.message));
