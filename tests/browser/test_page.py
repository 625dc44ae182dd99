"""The page of `forumbot play`, as somebody uses it who has never seen it."""

import re

from playwright.sync_api import Page, Route, expect

from tests.browser.hand import Hand
from tests.browser.seeing import faint, too_wide

BODO, ANOTHER, STAFF = (
    "Kontakt for Bodø kommune",
    "Annen kontakt for Bodø kommune",
    "Sekretariat for samarbeidsforum",
)
RANA, VEFSN, NARVIK = "Kontakt for Rana kommune", "Kontakt for Vefsn kommune", "Kontakt for Narvik kommune"


def chosen(page: Page, name: str) -> None:
    """Choose a person among everybody."""
    page.get_by_role("button", name=name, exact=True).last.click()


def test_from_choosing_a_person_to_a_case_number_a_status_and_a_mail(page: Page, hand: Hand) -> None:
    page.goto("/")
    chosen(page, BODO)
    page.get_by_role("button", name="+ Legg til en person").click()
    chosen(page, ANOTHER)
    hand.pane(ANOTHER).get_by_role("button", name="Fjern appen").click()  # so that e-mail is the only way

    hand.says(BODO, "ny behovsmelding")
    expect(hand.card(BODO)).to_contain_text("Side 1 av")
    hand.fills_every_page(BODO)
    hand.presses(BODO, "Send inn")
    hand.sees(BODO, "Saken har fått nummer 2023-DEKOM-001.")

    page.get_by_role("button", name="+ Legg til en person").click()
    chosen(page, STAFF)
    hand.says(STAFF, "status")
    hand.sees(STAFF, "Behovsmeldinger sendt inn i 2023: 1.")

    hand.pane(ANOTHER).get_by_role("button", name="E-post (1)").click()
    mail = hand.pane(ANOTHER).get_by_role("region", name="E-post")
    mail.locator("summary").click()
    expect(mail.locator("pre")).to_contain_text("2023-DEKOM-001")


def test_who_writes_keeps_the_place_while_another_arrives(page: Page, hand: Hand) -> None:
    held = list[Route]()
    page.route("**/play/people/eier-bodo/chats?*", lambda route: held.append(route))
    hand.arrives("eier-rana", "eier-bodo")
    writing = hand.pane(RANA).get_by_label("Skriv en melding")
    writing.fill("hje")
    hand.pane(BODO).get_by_label("Skriv en melding").fill("hjelp")
    page.keyboard.press("Enter")  # before there is a conversation to write in
    writing.press("End")

    assert len(held) == 1
    held[0].continue_()
    hand.sees(BODO, "Jeg hjelper deg med behovsmeldinger")
    page.keyboard.type("lp")
    expect(writing).to_have_value("hjelp")


def test_a_card_is_filled_in_by_keyboard_alone(page: Page, hand: Hand) -> None:
    hand.arrives("eier-rana")
    expect(hand.pane(RANA).get_by_label("Skriv en melding")).to_be_focused()
    page.keyboard.type("ny behovsmelding")
    page.keyboard.press("Enter")
    title = hand.card(RANA).get_by_label("Tittel på tiltaket")
    expect(title).to_be_visible()

    go_to(page, "Tittel på tiltaket", "Shift+Tab")
    page.keyboard.type("Lesing i alle fag")
    page.keyboard.press("Shift+Tab")  # the choice of a scheme stands before it
    page.keyboard.press("Space")
    go_to(page, "Neste", "Tab")
    page.keyboard.press("Enter")

    expect(hand.card(RANA)).to_contain_text("Side 2 av")
    expect(hand.card(RANA)).to_be_focused()


def go_to(page: Page, name: str, key: str, *, most: int = 90) -> None:
    """Press the key until what has the focus has the name, as a screen reader tells it."""
    for _ in range(most):
        page.keyboard.press(key)
        if page.evaluate(
            "named => (e => (e.labels?.[0] ?? e).textContent.trim())(document.activeElement) === named", name
        ):
            return
    raise AssertionError(f"{name} is not reached with {key}")


def test_a_dark_phone_shows_everything(page: Page, hand: Hand) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.emulate_media(color_scheme="dark")
    hand.arrives("eier-vefsn")
    hand.says(VEFSN, "ny behovsmelding")
    expect(hand.card(VEFSN)).to_have_class(re.compile(r"\bdark\b"))
    expect(hand.card(VEFSN)).to_contain_text("Side 1 av")

    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert too_wide(page) == []
    assert faint(page, "body") == []


def test_a_thread_in_the_channel_of_a_region(page: Page, hand: Hand) -> None:
    hand.arrives("eier-narvik", "sekretariat")
    for name in (NARVIK, STAFF):
        hand.pane(name).get_by_label("Samtale eller kanal").select_option(label="# Ofoten")
    hand.says(NARVIK, "Når møtes vi?", box="Nytt innlegg")
    thread = hand.pane(STAFF).locator(".thread", has_text="Når møtes vi?")
    thread.get_by_label("Svar i tråden").fill("Til uka.")
    page.keyboard.press("Enter")

    seen = hand.pane(NARVIK).locator(".thread")
    expect(seen).to_have_count(1)
    expect(seen).to_contain_text("Til uka.")
