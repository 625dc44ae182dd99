"""What somebody does on the page, and what they see there."""

from playwright.sync_api import Locator, Page, expect


class Hand:
    def __init__(self, page: Page) -> None:
        self.page = page

    def arrives(self, *handles: str) -> None:
        """Open the page as these people, side by side."""
        self.page.goto(f"/#{'/'.join(handles)}")
        expect(self.page.locator(".pane")).to_have_count(len(handles))

    def pane(self, name: str) -> Locator:
        """The part of the page that belongs to one person."""
        return self.page.get_by_role("region", name=name, exact=True)

    def says(self, name: str, text: str, *, box: str = "Skriv en melding") -> None:
        writing = self.pane(name).get_by_label(box).last
        writing.fill(text)
        writing.press("Enter")

    def card(self, name: str) -> Locator:
        """The last that came."""
        return self.pane(name).locator(".card").last

    def presses(self, name: str, button: str) -> None:
        self.card(name).get_by_role("button", name=button, exact=True).click()

    def fills_every_page(self, name: str, *, most: int = 20) -> None:
        """With examples, until the card is one that can be sent in. An answer may bring more questions to its page."""
        for _ in range(most):
            self.uses_the_example(name)
            if self.card(name).get_by_role("button", name="Send inn", exact=True).count():
                return
            self.goes_on(name)
        raise AssertionError("no card that can be sent in")

    def fills_up_to(self, name: str, page: str, *, most: int = 20) -> None:
        """With examples, until that page is before the person."""
        for _ in range(most):
            if page in self.card(name).inner_text():
                return
            self.uses_the_example(name)
            self.goes_on(name)
        raise AssertionError(f"no card with {page}")

    def uses_the_example(self, name: str) -> None:
        self.pane(name).get_by_role("button", name="Fyll inn med et eksempel").click()

    def goes_on(self, name: str) -> None:
        before = self.card(name).inner_text()
        self.presses(name, "Neste")
        expect(self.card(name)).not_to_have_text(before, use_inner_text=True)

    def sees(self, name: str, text: str) -> None:
        expect(self.pane(name).get_by_role("log")).to_contain_text(text)
