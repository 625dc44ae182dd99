"""What somebody asks of this forum: its regions, the owners of its register, its schemes and its rounds, by name."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache

from dialogs.questions import Names, Slots, Understood, fold, names, names_of_owner, slots_of, understand
from dialogs.texts import FALLBACK, Texts, texts
from domain.data import Names as NameInLanguages
from domain.days import local_day
from domain.forum import Forum, load_forum
from domain.nicknames import nicknames
from domain.register import OWNER_KINDS, Directory, OrganisationKind
from domain.rounds import planned_rounds
from domain.schemes import scheme_sets


def heard(
    text: str, forum: Forum, directory: Directory, at: datetime, closed: Collection[str] = frozenset()
) -> Understood | None:
    """The question that the text surely is. `closed`: what whoever asks is not told. None: it is none that we know."""
    known = _names(forum.key, _Same(directory), local_day(at))
    found = understand(text, known, local_day(at).year, closed)
    return replace(found, argument=_in_words(found.argument)) if found and found.query == "frames" else found


def this_round(forum: Forum, at: datetime) -> int:
    """The cycle that people mean who name none: the one whose round is open, or was last."""
    latest = planned_rounds(forum.key).latest_at(at)
    return latest.cycle_year if latest else local_day(at).year


def _in_words(argument: str) -> str:
    """As the frames are asked for (`dialogs.naming`): `dekom 2024`."""
    slots = slots_of(argument)
    scheme = texts(FALLBACK).words(f"words.scheme.{slots.scheme}")[0] if slots.scheme else ""
    return f"{scheme} {slots.year or ''}".strip()


class _Same:
    """The directory by what object it is: it stays the same one until an organisation changes (`store.register`)."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.directory is other.directory

    def __hash__(self) -> int:
        return id(self.directory)


@lru_cache(maxsize=4)
def _names(forum_key: str, same: _Same, on: date) -> Names:
    directory = same.directory
    forum, known = load_forum(forum_key), nicknames(forum_key)
    owners = sorted(
        directory.of_kind(OWNER_KINDS, on), key=lambda owner: owner.kind is not OrganisationKind.MUNICIPALITY
    )
    shorts = {scheme.key: scheme.short for each in scheme_sets(forum.key) for scheme in each.schemes}
    return names(
        tuple(
            (
                region.key,
                (
                    *_in_every_language(region.name),
                    *_in_every_language(region.network.name),
                    *known.regions.get(region.key, ()),
                ),
            )
            for region in forum.regions
        ),
        tuple((owner.id, (*names_of_owner(owner.name), *known.owners.get(owner.id, ()))) for owner in owners),
        tuple(
            (each.id, (each.name, *known.universities.get(each.id, ())))
            for each in directory.of_kind(frozenset({OrganisationKind.HIGHER_ED_INSTITUTION}), on)
        ),
        tuple(shorts.items()),
    )


def _in_every_language(name: NameInLanguages) -> tuple[str, ...]:
    return name.nb, name.nn, name.en


def named(slots: Slots, forum: Forum, directory: Directory, t: Texts) -> str:
    """What is asked about, in words: `Dekom, Lofoten, 2023`. Empty: everything."""
    region = forum.region(slots.region) if slots.region else None
    owner = directory.organisations.get(slots.owner or "")
    university = directory.organisations.get(slots.university or "")
    said = (
        t(f"scheme.{slots.scheme}.short") if slots.scheme else "",
        region.name.in_(t.language) if region else "",
        owner.name if owner else "",
        university.name if university else "",
        t(f"state.{slots.state}") if slots.state else "",
        str(slots.year) if slots.year else "",
    )
    return ", ".join(each for each in said if each)


def said_of(about: str, sentence: str) -> str:
    """`Dekom, Lofoten: 1 sak …`: an answer names what it is about, so that it is true alone, too."""
    return f"{capitalised(about)}: {sentence}" if about else sentence


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def region_of(forum: Forum, directory: Directory, owner: str | None, on: date) -> str | None:
    """The key of the region that the owner lies in on the day. None: in none, or there is no such owner."""
    found = directory.organisations.get(owner or "")
    region = forum.region_of(found.municipality_number, on) if found and found.municipality_number else None
    return region.key if region else None


def region_named(text: str, forum: Forum) -> str | None:
    """The key of the region that goes by that name, in any language, or by a name that people have for it."""
    known, wanted = nicknames(forum.key).regions, fold(text)
    for region in forum.regions:
        names = (*_in_every_language(region.name), *_in_every_language(region.network.name))
        if wanted in map(fold, (region.key, *names, *known.get(region.key, ()))):
            return region.key
    return None


def region_name(forum: Forum, region: str | None, t: Texts) -> str:
    found = forum.region(region) if region else None
    return found.name.in_(t.language) if found else t("say.whole_county")


def as_json(slots: Slots) -> Mapping[str, object]:
    """For programs: what the answer is about."""
    return {
        "scheme": slots.scheme,
        "region": slots.region,
        "owner": slots.owner,
        "university": slots.university,
        "state": slots.state,
        "year": slots.year,
    }
