// The tour: from nobody to a filed case and an answer about it. Where it is, is seen from what stands in the chats.

import { buttonsOf, filled } from "/page/cards.js";
import { el } from "/page/dom.js";

const OWNER = "eier-bodo";
const STAFF = "sekretariat";
const CASE = /\d{4}-[A-ZÆØÅ]+-\d{3}/;

const words = (message) => `${message.text} ${JSON.stringify(message.card ?? "")}`;
const lastCard = (pane) => pane.shown.findLast((each) => each.card)?.card;

export class Tour {
  constructor(place, { pane, open, examples, choose }) {
    Object.assign(this, { place, pane, open, examples, choose });
  }

  get isOpen() {
    return !this.place.hidden;
  }

  turn(isOpen = !this.isOpen) {
    this.place.hidden = !isOpen;
    this.draw();
  }

  draw() {
    if (!this.isOpen) return;
    const step = this.#step();
    const does = step.does.filter(Boolean).map(([label, act]) => el("button", { type: "button", onclick: act }, label));
    const close = el("button", { type: "button", className: "quiet", onclick: () => this.turn(false) }, "Lukk omvisningen");
    if (this.place.dataset.step === step.text) return;
    this.place.dataset.step = step.text;
    this.place.replaceChildren(
      el("p", { role: "status" }, el("b", {}, step.title), " ", step.text),
      el("p", { className: "does" }, ...does, close),
    );
  }

  #step() {
    const owner = this.pane(OWNER);
    if (!owner) return this.#welcome();
    const number = owner.shown.map(words).join(" ").match(CASE)?.[0];
    if (number) return this.#staff(number);
    const card = lastCard(owner);
    const verbs = card ? buttonsOf(card).map((each) => each.verb) : [];
    if (verbs.includes("submit")) return this.#review(owner, card);
    if (verbs.includes("next")) return this.#page(owner, card);
    return {
      title: "1 av 4: Begynn.",
      text: "Du er kontakt for Bodø kommune. Skriv «ny behovsmelding» til boten.",
      does: [["Skriv det for meg", () => owner.say("ny behovsmelding")]],
    };
  }

  #welcome() {
    return {
      title: "Velkommen.",
      text:
        "Her prøver du boten uten Teams. Alt er eksempler, og ingenting forlater maskinen. På omvisningen sender du inn en " +
        "behovsmelding som eier, og spør om den som sekretariat. Det tar under fem minutter. Eller velg en person nedenfor.",
      does: [["Start omvisningen", () => this.open(OWNER)]],
    };
  }

  #page(owner, card) {
    return {
      title: "2 av 4: Fyll inn.",
      text: "Fyll inn siden, selv eller med et eksempel, og gå til neste. Et svar kan gi nye spørsmål. Alt lagres.",
      does: [
        this.#example(owner, card),
        ["Neste side", () => owner.pressVerb("next")],
        ["Fyll inn resten for meg", () => owner.useExamples("next")],
      ],
    };
  }

  #review(owner, card) {
    return {
      title: "3 av 4: Send inn.",
      text: "Se over det du har skrevet. Bekreft nederst på kortet, og send inn.",
      does: [this.#example(owner, card), ["Send inn", () => owner.pressVerb("submit")]],
    };
  }

  #example(owner, card) {
    return filled(card, this.examples) ? ["Fyll inn for meg", () => owner.useExample()] : null;
  }

  #staff(number) {
    const staff = this.pane(STAFF);
    const title = "4 av 4: Spør som sekretariat.";
    if (!staff) {
      return {
        title,
        text: `Saken har fått nummer ${number}. Se den nå fra den andre siden av bordet.`,
        does: [["Bli sekretariatet", () => this.open(STAFF)]],
      };
    }
    if (!staff.shown.some((each) => each.sender_handle === STAFF)) {
      return {
        title,
        text: `Skriv «status» som sekretariat, eller nummeret på saken: ${number}.`,
        does: [["Skriv «status»", () => staff.say("status")]],
      };
    }
    return {
      title: "Ferdig.",
      text:
        "Prøv mer: e-posten til en person, kanalene for hver region, flere personer side om side, mørkt utseende, " +
        "eller flytt dagen forbi fristen 1. februar.",
      does: [["Velg en person til", this.choose]],
    };
  }
}
