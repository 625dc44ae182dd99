"""What the page has beside the chats: a tour for those who are new, and the day, which can be moved."""

from playwright.sync_api import Page, expect

from tests.browser.hand import Hand

RANA = "Kontakt for Rana kommune"


def test_the_tour_leads_to_the_first_page(page: Page) -> None:
    page.goto("/")
    tour = page.get_by_role("complementary", name="Omvisning")
    for button in ("Start omvisningen", "Skriv det for meg", "Fyll inn for meg", "Neste side"):
        tour.get_by_role("button", name=button).click()
    expect(page.locator(".card").last).to_contain_text("Side 2 av")


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
