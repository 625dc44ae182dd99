"""What comes without being asked for: a meeting from its call to its cancellation, and a reminder."""

from collections.abc import Mapping

from playwright.sync_api import Locator, Page, expect

from tests.browser.hand import Hand
from tests.browser.seeing import faint, too_wide

RANA, BODO = "Kontakt for Rana kommune", "Kontakt for Bodø kommune"
STAFF = "Sekretariat for samarbeidsforum"
REACHES_MS = 30_000  # what is due is looked for and sent every few seconds
CHOSEN = "x"  # of what is ticked rather than written

CALL, CHANGE, CANCELLATION = "Innkalling til møte", "Et møte er endret", "Et møte er avlyst"
MEETING = "Nettverk Salten, skole: ny behovsmelding"
FIRST_DAY, OTHER_DAY = "13. september 2023 kl. 09.00–15.00", "20. september 2023 kl. 09.00–15.00"


def test_a_meeting_is_called_answered_moved_and_cancelled(page: Page, hand: Hand) -> None:
    hand.arrives("sekretariat", "eier-bodo", "eier-bodo-2")
    threads = in_the_channel(hand, "Annen kontakt for Bodø kommune", "# Salten")

    press(opened(hand, "Ikke innkalt ennå"), "Sett tid og sted")
    fill(hand, "Side 1 av", {"Dag": "13. september", "Klokkeslett": "9–15", "Fysisk": CHOSEN}, then="Neste")
    fill(hand, "Side 2 av", {"Sted": "Ørnes hotell, Meløy", "Ja": CHOSEN}, then="Neste")
    fill(hand, "Se over møtet", {"Saksliste": "Evalueringen\nNy behovsmelding"}, then="Lagre møtet")
    press(comes(hand, STAFF, "Ikke innkalt ennå", FIRST_DAY), "Kall inn")
    release(
        hand,
        CALL,
        "Svar senest 6. september 2023.",
        "Kommer · Kommer ikke · En annen kommer · Meld en sak · Til kalenderen",
    )

    press(comes(hand, BODO, CALL, FIRST_DAY), "Kommer")
    press(comes(hand, BODO, "Er det mat vi må ta hensyn til?"), "La det være")
    comes(hand, BODO, "Du har svart: kommer.")
    hand.says(STAFF, "hvem kommer salten")
    comes(hand, STAFF, "6 invitert, 1 kommer, 5 har ikke svart.", f"{BODO} (eksempel) – kommer")

    press(opened(hand, FIRST_DAY), "Endre")
    fill(hand, "Side 1 av", {"Dag": "20. september"}, then="Neste")
    fill(hand, "Side 2 av", {}, then="Neste")
    fill(hand, "Se over møtet", {}, then="Lagre møtet")
    release(hand, CHANGE, OTHER_DAY)
    press(comes(hand, BODO, CHANGE, OTHER_DAY, "Svaret du ga før, gjelder ikke lenger."), "Kommer ikke")
    comes(hand, BODO, "Du har svart: kommer ikke.")

    press(opened(hand, "Kommer ikke: 1"), "Avlys")
    release(hand, CANCELLATION, OTHER_DAY)
    cancelled = comes(hand, BODO, CANCELLATION, "Møtet er avlyst. Du trenger ikke gjøre noe.", OTHER_DAY)
    expect(cancelled).not_to_contain_text("Evalueringen")

    for head, day in ((CALL, FIRST_DAY), (CHANGE, OTHER_DAY), (CANCELLATION, OTHER_DAY)):
        expect(threads.filter(has_text=head)).to_contain_text(day, timeout=REACHES_MS)
    expect(threads).to_have_count(3)
    expect(threads.filter(has_text="(eksempel)")).to_have_count(0)
    expect(threads.locator(".card").get_by_role("button")).to_have_count(0)
    is_readable(page)


def test_a_reminder_opens_the_draft_at_the_next_question(page: Page, hand: Hand) -> None:
    hand.arrives("eier-rana")
    hand.says(RANA, "ny behovsmelding")
    expect(hand.card(RANA)).to_contain_text("Side 1 av")
    hand.fills_up_to(RANA, "Side 3 av")

    page.get_by_label("flytt til").fill("2023-01-18")
    page.get_by_role("button", name="Flytt", exact=True).click()

    reminder = comes(hand, RANA, "Påminnelse")
    expect(reminder).to_contain_text("Neste spørsmål: «Lokalt definert behov» – frist 1. februar 2023")
    is_readable(page)
    press(reminder, "Gjør nr. 1")
    expect(hand.card(RANA)).to_contain_text("Side 3 av")
    expect(hand.card(RANA).get_by_label("Lokalt definert behov")).to_be_visible()


def comes(hand: Hand, name: str, *texts: str) -> Locator:
    """The newest card with all of this."""
    cards = hand.pane(name).locator(".card")
    for text in texts:
        cards = cards.filter(has_text=text)
    expect(cards.last).to_be_visible(timeout=REACHES_MS)
    return cards.last


def press(card: Locator, button: str) -> None:
    card.get_by_role("button", name=button, exact=True).click()


def opened(hand: Hand, as_it_stands: str) -> Locator:
    """The meeting before the secretariat, chosen in the list."""
    hand.says(STAFF, "møte")
    meetings = comes(hand, STAFF, "Møtene i 2023")
    meetings.get_by_label(MEETING).check()
    press(meetings, "Åpne møtet")
    return comes(hand, STAFF, "Et møte", as_it_stands)


def fill(hand: Hand, where: str, fields: Mapping[str, str], *, then: str) -> None:
    """The page of the form, when it has come."""
    card = comes(hand, STAFF, "Tid og sted for møtet", where)
    for label, text in fields.items():
        field = card.get_by_label(label, exact=True)
        field.check() if text == CHOSEN else field.fill(text)
    press(card, then)


def release(hand: Hand, head: str, *looks: str) -> None:
    """Let it go after a look at it: to six people and the channel."""
    press(comes(hand, STAFF, "Se over før det går ut", head, *looks, "I kanalene: Salten."), "Send til 7")
    comes(hand, STAFF, head, "Sluppet")


def in_the_channel(hand: Hand, name: str, channel: str) -> Locator:
    """Its threads, as this person sees them."""
    hand.pane(name).get_by_label("Samtale eller kanal").select_option(label=channel)
    return hand.pane(name).locator(".thread")


def is_readable(page: Page) -> None:
    """On a screen and on a phone."""
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        assert too_wide(page) == []
        assert faint(page, ".chats") == []
