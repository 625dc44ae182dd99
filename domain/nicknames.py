"""What people call regions, owners and universities beside their names: towns, short forms, old spellings."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from domain.data import check_forum, read, strict


@strict
@dataclass(frozen=True, slots=True)
class Nicknames:
    """By the region's key, and by the id in the register."""

    regions: Mapping[str, tuple[str, ...]]
    owners: Mapping[str, tuple[str, ...]]
    universities: Mapping[str, tuple[str, ...]]


@cache
def nicknames(forum_key: str) -> Nicknames:
    """Raises: UnknownForum, BadData."""
    check_forum(forum_key)
    return read(Nicknames, f"{forum_key}/nicknames.toml")
