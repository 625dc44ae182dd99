"""The bot is installed, removed and installed again."""

from tests.conversations.harness import Town


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
