"""Personal data that should not be in a case (domain.md section 8)."""

import re

_ELEVEN_DIGITS = re.compile(r"(?<!\d)(\d{6})[ .-]?(\d{5})(?!\d)")
_FIRST = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_SECOND = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)


def has_identity_number(text: str) -> bool:
    """Whether the text holds a Norwegian national identity number or D-number (both check digits right).

    Source: the modulus-11 rule for fødselsnummer of Skatteetaten; the duty to keep them out is
    personopplysningsloven § 12.
    """
    return any(_is_identity_number(first + last) for first, last in _ELEVEN_DIGITS.findall(text))


def _is_identity_number(digits: str) -> bool:
    numbers = [int(digit) for digit in digits]
    return (
        sum(a * b for a, b in zip(numbers, _FIRST, strict=False)) % 11 == 0
        and sum(a * b for a, b in zip(numbers, _SECOND, strict=True)) % 11 == 0
    )
