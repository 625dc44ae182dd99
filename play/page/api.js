// The people's side over HTTP (see play/http.py). One Person is one person at one device: a page that is loaded again,
// or open twice, is another device, so that what a card shows in one place does not change the other.

const WAIT_SECONDS = 20;

async function call(address, body) {
  const how = body && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(address, how).catch(() => null);
  if (answer === null) throw new Error("Prøvestedet svarer ikke. Start det med «make run».");
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.error ?? `Feil ${answer.status}.`);
  return said;
}

export const people = async () => (await call("/play/people")).people;
export const today = async () => (await call("/play/clock")).day;
export const moveTo = async (day) => (await call("/play/clock", { day })).day;
export const example = () => call("/play/example");
export const gallery = (language) => call(`/play/gallery?language=${encodeURIComponent(language)}`);

/** Calls `ring` each time something may have happened, in whatever chat. */
export async function listen(ring) {
  for (let after = 0; ; ) {
    try {
      after = (await call(`/play/bell?after=${after}&wait=${WAIT_SECONDS}`)).next;
      await ring();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }
}

export class Person {
  constructor(handle) {
    this.handle = handle;
    this.device = `side-${crypto.randomUUID()}`;
  }

  #ask(what, given = {}) {
    const query = new URLSearchParams({ ...given, device: this.device });
    return call(`/play/people/${encodeURIComponent(this.handle)}/${what}?${query}`);
  }

  #do(what, given) {
    return call(`/play/people/${encodeURIComponent(this.handle)}/${what}`, { ...given, device: this.device });
  }

  chats = async () => (await this.#ask("chats")).chats;
  mails = async () => (await this.#ask("mails")).mails;
  messages = (chat) => this.#ask("messages", { chat });
  events = (after) => this.#ask("events", { after });
  say = (chat, text) => this.#do("say", { chat, text });
  press = (chat, message, button, inputs) => this.#do("press", { chat, message, button, inputs });
  app = (chat, what) => this.#do("app", { chat, do: what });
  open = async (chat) => (await this.#do("open", { chat })).cards;
}
