// One person at one device: a conversation with the bot or a channel, and the person's mails.

import { Person } from "/page/api.js";
import { buttonsOf, draw, filled, titleOf } from "/page/cards.js";
import { el, say } from "/page/dom.js";
import { markup } from "/page/markdown.js";
import { follow, theme } from "/page/theme.js";

const MOST_PAGES = 30; // an answer that is wrong holds the person on its page

export class Pane {
  #next = 0;
  #messages = new Map(); // by id: the message, its element, and what is filled in on its card
  #line = Promise.resolve(); // one thing at a time
  #isPersonal = true;
  #started;

  constructor(person, { examples, changed, closed }) {
    this.name = person.name.replace(" (eksempel)", "");
    this.person = new Person(person.handle);
    this.element = this.#frame(closed);
    this.#examples = examples;
    this.#changed = changed;
  }

  #examples;
  #changed;

  #frame(closed) {
    const id = this.person.device;
    this.log = el("ol", { className: "log", role: "log", "aria-live": "polite", tabIndex: 0, ariaLabel: "Meldinger" });
    this.places = el("select", { ariaLabel: "Samtale eller kanal", onchange: () => this.enter(this.places.value) });
    this.mailButton = el("button", { type: "button", ariaExpanded: "false", onclick: () => this.#turnMails() }, "E-post");
    this.mails = el("section", { className: "mails", ariaLabel: "E-post", tabIndex: 0, hidden: true });
    this.box = this.#writing("Skriv en melding", (text) => this.say(text));
    this.appButton = el("button", { type: "button", onclick: () => this.#turnApp() });
    const close = el("button", { type: "button", ariaLabel: `Lukk ${this.name}`, onclick: closed }, "✕");
    const title = el("h2", { id: `name-${id}` }, this.name);
    const tools = el("div", { className: "tools" }, this.places, this.mailButton, this.appButton);
    const head = el("header", {}, title, tools, close);
    return el("section", { className: "pane", "aria-labelledby": `name-${id}`, tabIndex: -1 }, head, this.log, this.mails, this.box);
  }

  #writing(label, send) {
    const text = el("textarea", { rows: 1, ariaLabel: label, placeholder: label, enterKeyHint: "send" });
    const form = el("form", { className: "writing" }, text, el("button", {}, "Send"));
    text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        form.requestSubmit();
      }
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const typed = text.value.trim();
      text.value = "";
      if (typed) send(typed);
    });
    return form;
  }

  // What is seen

  /** Once, however often it is asked for. */
  start() {
    return (this.#started ??= this.#begin());
  }

  async #begin() {
    const chats = await this.person.chats();
    this.home = chats[0].id;
    this.#showApp(chats[0].installed);
    const option = (chat) => el("option", { value: chat.id }, chat.kind === "personal" ? "Samtale med boten" : `# ${chat.name}`);
    this.places.replaceChildren(...chats.map(option));
    await this.enter(this.home);
    follow(() => this.#messages.forEach((entry) => entry.message.card && this.#redraw(entry)));
  }

  async enter(chat) {
    this.chat = chat;
    this.#isPersonal = chat === this.home;
    const asks = this.#isPersonal ? "Skriv en melding" : "Nytt innlegg til @Samarbeidsforum";
    this.box.firstChild.placeholder = this.box.firstChild.ariaLabel = asks;
    await this.#alone(async () => {
      await this.person.open(chat);
      const { messages, next } = await this.person.messages(chat);
      this.#next = next;
      this.#messages.clear();
      this.log.replaceChildren();
      messages.forEach((message) => this.#see(message));
      this.log.lastElementChild?.scrollIntoView({ block: "nearest" });
    });
    await this.#countMails();
  }

  /** Cards that ask for it are made fresh, as when a client comes to the front; but not while one is being filled in. */
  reopen = () =>
    this.#alone(async () => {
      if ([...this.#messages.values()].some(isBegun)) return;
      (await this.person.open(this.chat)).forEach((card) => this.#renew(card));
    });

  catchUp = () =>
    this.#alone(async () => {
      const { events, next } = await this.person.events(this.#next);
      this.#next = next;
      for (const event of events) {
        if (event.chat !== this.chat) continue;
        if (event.change === "posted") this.#see(event.message, { isNew: true });
        if (event.change === "edited") this.#renew(event.message);
        if (event.change === "deleted") this.#forget(event.message.id);
      }
      if (events.length) this.#changed();
      await this.#countMails();
    });

  #alone(job) {
    this.#line = this.#line.then(job).catch((error) => say(error.message));
    return this.#line;
  }

  #see(message, { isNew = false } = {}) {
    if (this.#messages.has(message.id) || !("text" in message)) return;
    const entry = { message, place: el("div", { className: "content" }) };
    const isMine = message.sender_handle === this.person.handle;
    const at = el("time", { dateTime: message.at }, clock(message.at));
    const head = el("p", { className: "sender" }, el("b", {}, isMine ? "Du" : message.sender), " ", at);
    entry.element = el("li", { className: isMine ? "message mine" : "message" }, head, entry.place);
    this.#messages.set(message.id, entry);
    this.#fill(entry);
    this.#thread(message).append(entry.element);
    if (isNew) show(entry.element, this.log);
  }

  /** Where a message belongs: in a channel, each thread is a list of its own with a place to answer. */
  #thread(message) {
    if (this.#isPersonal) return this.log;
    const known = [...this.log.children].find((each) => each.dataset.thread === message.thread);
    if (known) return known.firstChild;
    const answers = el("ol", {});
    const reply = this.#writing("Svar i tråden", (text) => this.say(text, message.thread));
    this.log.append(el("li", { className: "thread", "data-thread": message.thread }, answers, reply));
    return answers;
  }

  #fill(entry) {
    const { message, place } = entry;
    const words = message.sender_handle === null ? marked(message.text) : el("p", {}, message.text);
    place.replaceChildren(...(message.text ? [words] : []));
    if (!message.card) return;
    place.append(this.#card(entry, message.card), ...this.#helper(entry));
    entry.came = JSON.stringify(entry.drawn.current());
  }

  #card(entry, card) {
    entry.drawn = draw(card, { look: theme(), press: (button, inputs) => this.#press(entry, button, inputs) });
    const { element } = entry.drawn;
    element.tabIndex = -1;
    element.setAttribute("role", "group");
    element.setAttribute("aria-label", titleOf(card) || "Kort");
    return element;
  }

  #helper(entry) {
    if (!filled(entry.message.card, this.#examples)) return [];
    return [el("button", { type: "button", className: "quiet", onclick: () => this.#useExample(entry) }, "Fyll inn med et eksempel")];
  }

  #useExample(entry) {
    const card = filled(entry.drawn.current(), this.#examples);
    entry.drawn.element.replaceWith(this.#card(entry, card));
    entry.drawn.element.focus({ preventScroll: true });
  }

  #redraw(entry) {
    entry.drawn.element.replaceWith(this.#card(entry, entry.drawn.current()));
  }

  #renew(message) {
    const entry = this.#messages.get(message.id);
    if (!entry || JSON.stringify(entry.message) === JSON.stringify(message)) return;
    const isHere = entry.element.contains(document.activeElement);
    entry.message = message;
    this.#fill(entry);
    if (isHere) entry.drawn?.element.focus({ preventScroll: true });
    show(entry.element, this.log);
  }

  #forget(id) {
    this.#messages.get(id)?.element.remove();
    this.#messages.delete(id);
  }

  // What is done

  say(text, thread) {
    return this.#act(async () => {
      await this.start(); // who types fast is there before the conversation is
      return this.person.say(thread ?? this.chat, text);
    });
  }

  async #press(entry, button, inputs) {
    if (entry.place.ariaBusy === "true") return;
    entry.place.ariaBusy = "true";
    await this.#act(() => this.person.press(this.chat, entry.message.id, button, inputs));
    entry.place.ariaBusy = "false";
  }

  async #act(call) {
    try {
      const answer = await call();
      if (answer.card) await this.#alone(async () => this.#renew(answer.card));
      const words = [answer.notice, ...Object.values(answer.complaints)].filter(Boolean).join(" ");
      if (words || answer.failed) say(words || "Boten svarte ikke.");
    } catch (error) {
      say(error.message);
    }
    await this.catchUp();
    this.#changed();
  }

  // The app and the mails: whom Teams does not reach, gets e-mail

  #showApp(isInstalled) {
    this.isInstalled = isInstalled;
    this.appButton.textContent = isInstalled ? "Fjern appen" : "Legg til appen";
    this.appButton.title = isInstalled ? "Uten appen når boten deg på e-post i stedet" : "";
  }

  async #turnApp() {
    await this.#act(() => this.person.app(this.home, this.isInstalled ? "uninstall" : "install"));
    this.#showApp((await this.person.chats())[0].installed);
  }

  async #countMails() {
    const mails = await this.person.mails().catch(() => []);
    this.mailButton.textContent = mails.length ? `E-post (${mails.length})` : "E-post";
    if (mails.length === this.mailCount) return; // so that an open one stays open
    this.mailCount = mails.length;
    this.mails.replaceChildren(...mails.reverse().map(letter));
    if (!mails.length) this.mails.append(el("p", {}, "Ingen e-post ennå."));
  }

  async #turnMails() {
    this.mails.hidden = !this.mails.hidden;
    this.log.hidden = this.box.hidden = !this.mails.hidden;
    this.mailButton.ariaExpanded = String(!this.mails.hidden);
    await this.#countMails();
  }

  // What the tour looks at

  get shown() {
    return [...this.#messages.values()].map((entry) => entry.message);
  }

  get #last() {
    return [...this.#messages.values()].findLast((each) => each.message.card);
  }

  /** Types an example into the last card. */
  useExample() {
    this.#useExample(this.#last);
  }

  /** Fills in page after page with examples, as long as the last card has a button of the verb. */
  async useExamples(verb) {
    for (let page = 0; page < MOST_PAGES; page++) {
      const entry = this.#last;
      const number = buttonsOf(entry.message.card).findIndex((each) => each.verb === verb);
      if (number < 0) return;
      if (filled(entry.message.card, this.#examples)) this.#useExample(entry);
      await this.#press(entry, number, entry.drawn.inputs());
    }
  }

  /** Presses a button of the last card, as a click on it does. */
  pressVerb(verb) {
    const number = buttonsOf(this.#last.message.card).findIndex((each) => each.verb === verb);
    this.#last.place.querySelectorAll(".ac-pushButton")[number]?.click();
  }
}

/** Whether something is filled in that has not been sent. */
const isBegun = ({ drawn, came }) => Boolean(drawn) && JSON.stringify(drawn.current()) !== came;

function marked(text) {
  const place = el("div", { className: "text" });
  place.innerHTML = markup(text); // without markup of others: see markdown.js
  return place;
}

const clock = (at) => new Date(at).toLocaleTimeString("nb-NO", { timeZone: "Europe/Oslo", hour: "2-digit", minute: "2-digit" });

function letter(mail) {
  const head = el("summary", {}, el("b", {}, mail.subject), el("small", {}, `Fra ${mail.from}`));
  const files = mail.files.map((file) => el("a", { href: file.url, download: file.name }, `Vedlegg: ${file.name}`));
  return el("details", {}, head, el("pre", {}, mail.text), ...files);
}

/** Scroll within the log alone: what does not fit is shown from its top. */
function show(element, log) {
  const isTall = element.offsetHeight > log.clientHeight;
  const top = element.getBoundingClientRect().top - log.getBoundingClientRect().top + log.scrollTop;
  log.scrollTop = isTall ? top : Math.max(0, top + element.offsetHeight - log.clientHeight + 16);
}
