"""What the page has beside the chats: a tour for those who are new, and the day, which can be moved."""

from playwright.sync_api import Page, expect

from tests.browser.hand import Hand

BODO, RANA = "Kontakt for Bodø kommune", "Kontakt for Rana kommune"
STAFF = "Sekretariat for samarbeidsforum"


def test_the_tour_leads_to_a_case_and_an_answer_about_it(page: Page, hand: Hand) -> None:
    """With so few presses that somebody new is through it within five minutes."""
    page.goto("/")
    press(page, "Start omvisningen", "Skriv det for meg", "Fyll inn for meg", "Neste side")
    expect(hand.card(BODO)).to_contain_text("Side 2 av")
    press(page, "Fyll inn resten for meg")
    expect(hand.card(BODO)).to_contain_text("Se over og send inn")
    press(page, "Fyll inn for meg", "Send inn", "Bli sekretariatet", "Skriv «status»")
    hand.sees(STAFF, "Behovsmeldinger sendt inn i 2023: 1.")
    expect(page.get_by_role("complementary", name="Omvisning")).to_contain_text("Ferdig.")


def press(page: Page, *buttons: str) -> None:
    for button in buttons:
        page.get_by_role("complementary", name="Omvisning").get_by_role(
            "button", name=button, exact=True
        ).click()


def test_the_day_is_moved(page: Page, hand: Hand) -> None:
    hand.arrives("eier-rana")
    expect(page.locator("#today")).to_have_text("16. januar 2023")
    hand.says(RANA, "frister")
    hand.sees(RANA, "16 dager igjen")

    page.get_by_label("flytt til").fill("2023-01-29")
    page.get_by_role("button", name="Flytt", exact=True).click()

    expect(page.locator("#today")).to_have_text("29. januar 2023")
    hand.says(RANA, "frister")
    hand.sees(RANA, "3 dager igjen")
