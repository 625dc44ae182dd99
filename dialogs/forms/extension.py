"""A later deadline for one owner, with the reason. For the secretariat."""

from functools import partial

from dialogs.engine import Ask, Becomes, Form, Kind, Option, Page
from dialogs.texts import Texts
from domain.submissions import Circumstances, Extension


def _name(name: str, _: Texts) -> str:
    return name


def _owners(circumstances: Circumstances) -> tuple[Option, ...]:
    named = circumstances.directory.named(circumstances.may_lead)
    return tuple(Option(owner.id, partial(_name, owner.name)) for owner in named)


FORM = Form(
    "extension",
    Extension,
    pages=(
        Page(
            "review",
            (Ask("owner", Kind.CHOICE, options=_owners), Ask("deadline_on", Kind.DAY_TO_COME), Ask("why")),
        ),
    ),
    derive=lambda _, __: {},
    becomes=Becomes.EXTENSION,
)
