"""The bot is installed, removed and installed again."""

from store import conversations
from tests.conversations.harness import Talk, Town


async def is_reached(talk: Talk) -> bool:
    """Whether notices go to the person."""
    return bool(
        await talk.town.store.read(lambda connection: conversations.personal(connection, talk.person_id))
    )


async def test_whoever_installs_is_greeted_once(town: Town) -> None:
    """Teams tells of an installation twice, and again with each new version of the app."""
    owner = town.person("eier-bodo")
    assert "Hei, Kontakt for Bodø kommune (eksempel)!" in await owner.joins()
    assert await owner.joins() == ""
    await owner.leaves()
    assert "Hei, " in await owner.joins()


async def test_stranger_is_told_once_how_to_be_let_in(town: Town) -> None:
    stranger = town.person("ukjent")
    assert "Jeg kjenner deg ikke ennå" in await stranger.joins()
    assert await stranger.joins() == ""
    assert "Jeg kjenner deg ikke ennå" in await stranger.says("hei")


async def test_what_comes_again_of_a_removal_silences_nobody_who_is_back(town: Town) -> None:
    owner = town.person("eier-bodo")
    await owner.joins()
    await owner.leaves()
    removal = owner.last
    assert not await is_reached(owner)
    await owner.joins()
    assert await owner.repeats(removal) == ""
    assert await is_reached(owner)


async def test_what_comes_again_brings_nobody_back_who_is_gone(town: Town) -> None:
    """Neither the removal itself nor anything from before it."""
    owner = town.person("eier-bodo")
    await owner.joins()
    earlier = [owner.last]
    await owner.says("frister")
    earlier.append(owner.last)
    await owner.leaves()
    for turn in (*earlier, owner.last):
        await owner.repeats(turn)
        assert not await is_reached(owner)
    await owner.says("hei")
    assert await is_reached(owner)
