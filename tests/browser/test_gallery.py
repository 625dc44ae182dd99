"""Every card in every language, drawn by the renderer that Teams' makers give out."""

import pytest
from playwright.sync_api import Page, expect

from dialogs.texts import languages
from play.examples import EVERY
from tests.browser.seeing import faint, too_wide

ALL_DRAWN_MS = 60_000


def drawn(page: Page, **shown: str) -> None:
    page.goto(f"/galleri?{'&'.join(f'{name}={value}' for name, value in shown.items())}")
    expect(page.locator("#cards[aria-busy=false]")).to_be_attached(timeout=ALL_DRAWN_MS)


@pytest.mark.parametrize("language", languages())
def test_every_card_can_be_read_on_a_phone_in_light_and_dark(page: Page, language: str) -> None:
    drawn(page, language=language, width="phone")
    assert page.locator(".card").count() == 2 * len(EVERY)
    assert page.evaluate("window.faults") == []
    assert too_wide(page) == []
    assert sorted(set(faint(page, ".card"))) == []


def test_a_card_has_its_text_beside_it(page: Page) -> None:
    drawn(page, language="nb", part="forms.confirm_discard")
    expect(page.get_by_role("heading", name="mørkt, skrivebord")).to_be_visible()
    expect(page.locator(".example pre")).to_contain_text("Lesing i alle fag")


@pytest.mark.parametrize(
    ("element", "is_faulty"),
    [
        ({"type": "Input.Text"}, True),
        ({"type": "Chart.Pie"}, True),
        ({"type": "Chart.Pie", "fallback": {"type": "TextBlock", "text": "I stedet"}}, False),
    ],
)
def test_a_fault_in_a_card_is_noticed(page: Page, element: dict[str, object], is_faulty: bool) -> None:
    """What `faults` is worth: an input without an id is one, and what Teams alone can draw, without a fallback."""
    drawn(page, language="nb", part="forms.confirm_discard")
    found = page.evaluate(
        """async (element) => {
          const { draw } = await import("/page/cards.js");
          const [found, card] = [[], { type: "AdaptiveCard", version: "1.5", body: [element] }];
          draw(card, { look: "light", complain: (fault) => found.push(fault) });
          return found;
        }""",
        element,
    )
    assert bool(found) == is_faulty
