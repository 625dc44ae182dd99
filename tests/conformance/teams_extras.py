"""What Teams adds to Adaptive Cards 1.5; the published schema does not know it (contract.md, "Schema")."""

from typing import Any

KEYS = frozenset({"msteams", "targetWidth"})

ELEMENTS = frozenset(
    {
        "Badge",
        "Carousel",
        "Chart.Donut",
        "Chart.Gauge",
        "Chart.HorizontalBar",
        "Chart.HorizontalBar.Stacked",
        "Chart.Line",
        "Chart.Pie",
        "Chart.VerticalBar",
        "Chart.VerticalBar.Grouped",
        "CodeBlock",
        "Icon",
        "ProgressBar",
    }
)


def published(part: Any) -> Any:
    """The card as a client without the extras takes it: keys gone, elements replaced by their `fallback`."""
    if isinstance(part, list):
        return [kept for each in part if (kept := published(each)) is not None]
    if not isinstance(part, dict):
        return part
    if part.get("type") in ELEMENTS:
        fallback = part.get("fallback", "drop")
        return None if fallback == "drop" else published(fallback)
    return {key: published(value) for key, value in part.items() if key not in KEYS}
