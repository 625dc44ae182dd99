"""What cannot be read on a page: text that is cut, or too faint against what is behind it."""

from playwright.sync_api import Page

READABLE = 4.5  # WCAG 2.2, 1.4.3

_TOO_WIDE = """() => {
  const scrolls = ["INPUT", "TEXTAREA", "SELECT", "OPTION"];
  const wide = (e) => e.clientWidth > 0 && e.scrollWidth > e.clientWidth + 1 && !scrolls.includes(e.tagName);
  const cut = (card) => [card, ...card.querySelectorAll("*")].find(wide);
  return [...document.querySelectorAll(".card")].filter(cut).map((card) =>
    `${card.closest("section").ariaLabel}: ${cut(card).textContent.slice(0, 60)}`);
}"""

_FAINT = """([within, least]) => {
  const read = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    const [x, y, z] = [r, g, b].map((each) => linear(each / 255));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const over = ([r, g, b, a = 1], below) => [r, g, b].map((each, place) => each * a + below[place] * (1 - a));
  const behind = (e) => {
    if (!e) return [255, 255, 255];
    const colour = read(getComputedStyle(e).backgroundColor);
    return (colour[3] ?? 1) === 1 ? colour.slice(0, 3) : over(colour, behind(e.parentElement));
  };
  const contrast = (e) => {
    const below = behind(e);
    const [one, other] = [light(over(read(getComputedStyle(e).color), below)), light(below)];
    return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  };
  const words = (e) => [...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data.trim()).join("");
  const unseen = ["SCRIPT", "STYLE", "OPTION"];
  return [...document.querySelectorAll(`${within} *`)]
    .filter((e) => words(e) && e.checkVisibility() && !unseen.includes(e.tagName) && contrast(e) < least)
    .map((e) => `${words(e).slice(0, 60)} (${contrast(e).toFixed(1)})`);
}"""


def too_wide(page: Page) -> list[str]:
    """Cards with something in them that does not fit."""
    found: list[str] = page.evaluate(_TOO_WIDE)
    return found


def faint(page: Page, within: str) -> list[str]:
    """Texts that do not stand out enough."""
    found: list[str] = page.evaluate(_FAINT, [within, READABLE])
    return found
