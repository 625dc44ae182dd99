"""Whole kroner: how a sum is split without a krone left over, and percentages for the eye."""

from collections.abc import Mapping
from fractions import Fraction


def split(total_nok: int, shares: Mapping[str, Fraction]) -> dict[str, int]:
    """The parts of a sum by share, in whole kroner, which add up to it exactly.

    Kroner lost to rounding go to the largest remainders; of equal ones to the first in the alphabet.

    Raises: ValueError - a share is negative, or together they are not exactly 1.
    Source: inferred, domain.md 7.2.
    """
    if sum(shares.values()) != 1 or any(share < 0 for share in shares.values()):
        raise ValueError(f"these shares are not 1 together: {dict(shares)}")
    exact = {key: total_nok * share for key, share in shares.items()}
    parts = {key: int(nok // 1) for key, nok in exact.items()}
    left = total_nok - sum(parts.values())
    for key in sorted(exact, key=lambda key: (parts[key] - exact[key], key))[:left]:
        parts[key] += 1
    return parts


def percentage(part_nok: int, whole_nok: int, *, decimals: int = 1) -> Fraction | None:
    """What per cent a part is of a whole, rounded half up; None where the whole is nothing. For display only: never
    an input to a sum.

    Source: inferred, domain.md 7.2.
    """
    if whole_nok <= 0:
        return None
    scale = 10**decimals
    return Fraction((part_nok * 100 * scale * 2 + whole_nok) // (2 * whole_nok), scale)
