"""One person in two tabs: neither disturbs the other, and what one has saved the other cannot lose."""

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.hand import Hand

BODO, MELOY = "Kontakt for Bodø kommune", "Kontakt for Meløy kommune"
RANA, VEFSN = "Kontakt for Rana kommune", "Kontakt for Vefsn kommune"


def two_tabs(page: Page, context: BrowserContext, handle: str) -> tuple[Hand, Hand]:
    one, other = Hand(page), Hand(context.new_page())
    for hand in (one, other):
        hand.arrives(handle)
    return one, other


def test_who_goes_on_in_one_tab_stays_where_they_were_in_the_other(
    page: Page, context: BrowserContext
) -> None:
    one, other = two_tabs(page, context, "eier-meloy")
    one.says(MELOY, "ny behovsmelding")
    for hand in (one, other):
        expect(hand.card(MELOY)).to_contain_text("Side 1 av")
    one.card(MELOY).get_by_label("Dekom").check()
    one.card(MELOY).get_by_label("Tittel på tiltaket").fill("Lesing")
    one.presses(MELOY, "Neste")

    expect(one.card(MELOY)).to_contain_text("Side 2 av")
    expect(other.card(MELOY)).to_contain_text("Side 1 av")


def test_an_answer_given_in_both_tabs_is_asked_about_and_the_others_are_kept(
    page: Page, context: BrowserContext
) -> None:
    one, other = two_tabs(page, context, "eier-vefsn")
    one.says(VEFSN, "ny behovsmelding")
    for hand, title in ((one, "Lesing"), (other, "Regning")):
        hand.card(VEFSN).get_by_label("Tittel på tiltaket").fill(title)
    one.card(VEFSN).get_by_label("Telefon").fill("00 00 00 01")
    other.card(VEFSN).get_by_label("E-post").fill("en@example.org")
    one.presses(VEFSN, "Lagre")
    expect(one.card(VEFSN)).to_contain_text("Lagret kl.")

    other.presses(VEFSN, "Lagre")
    expect(other.card(VEFSN)).to_contain_text(
        "Dette er endret et annet sted siden kortet ble vist. Nå står det «Lesing». "
        "Trykk én gang til for å bruke det du skrev her."
    )
    other.presses(VEFSN, "Lagre")
    expect(other.card(VEFSN)).not_to_contain_text("endret et annet sted")

    for hand in (one, other):
        hand.page.reload()
        for label, text in {
            "Tittel på tiltaket": "Regning",
            "Telefon": "00 00 00 01",
            "E-post": "en@example.org",
        }.items():
            expect(hand.card(VEFSN).get_by_label(label)).to_have_value(text)


def test_what_both_tabs_send_in_is_one_case(page: Page, context: BrowserContext) -> None:
    one, other = two_tabs(page, context, "eier-rana")
    one.says(RANA, "ny behovsmelding")
    expect(one.card(RANA)).to_contain_text("Side 1 av")
    page.bring_to_front()  # a page behind another is slow to draw
    one.fills_every_page(RANA)
    other.page.reload()
    other.pane(RANA).get_by_role("button", name="Fyll inn med et eksempel").click()
    other.card(RANA).get_by_label("Navnet ditt").fill("En annen")
    for hand in (one, other):
        hand.presses(RANA, "Send inn")

    expect(one.card(RANA)).to_contain_text("Takk! Saken har fått nummer 2023-DEKOM-001.")
    expect(other.card(RANA)).to_contain_text(
        "Dette ble ikke lagret, for utkastet er ikke lenger åpent. Her er det du skrev:"
    )
    expect(other.card(RANA)).to_contain_text("En annen")
    expect(other.card(RANA)).to_contain_text("Sak 2023-DEKOM-001")
    other.says(RANA, "mine saker")
    other.sees(RANA, "Utkast: 0. Saker: 1.")


def test_a_card_that_is_being_filled_in_stays_when_its_tab_comes_to_the_front(page: Page, hand: Hand) -> None:
    hand.arrives("eier-bodo")
    hand.says(BODO, "ny behovsmelding")
    title = hand.pane(BODO).get_by_label("Tittel på tiltaket")
    title.fill("Lesing")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    hand.says(BODO, "frister")  # the page does one thing after the other
    hand.sees(BODO, "16 dager igjen")
    expect(title).to_have_value("Lesing")
