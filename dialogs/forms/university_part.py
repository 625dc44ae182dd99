"""A university's own part of a needs report as it would have it: the words about the dialogue, its amounts per year.

Which questions stand here is `domain.confirming.CORRECTABLE`; they go by the names that they have in the report.
"""

from dialogs.engine import Answers, Ask, Becomes, Form, Kind, Page
from dialogs.texts import Texts
from domain.confirming import BUDGET
from domain.submissions import Circumstances, UniversityPart


def _own_years(_: Answers, circumstances: Circumstances) -> tuple[str, ...]:
    """`nord.2023`: the university's own amounts, in the years of the measure."""
    if circumstances.filed is None:
        return ()
    return tuple(f"{circumstances.partner}.{year}" for year in circumstances.filed.years)


def _year(suffix: str, _: Texts) -> str:
    return suffix.rpartition(".")[2]


FORM = Form(
    "university_part",
    UniversityPart,
    pages=(
        Page(
            "review",
            (
                Ask("uh_dialogue"),
                Ask("uh_dialogue_on", Kind.DAY),
                Ask(BUDGET, Kind.MONEY, each=_own_years, suffix_name=_year),
                Ask("reason"),
            ),
        ),
    ),
    derive=lambda _, __: {},
    becomes=Becomes.PART,
)
