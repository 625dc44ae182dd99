"""Every card of the product with example data, and an example of every answer, for the page.

GET /play/gallery?language=     each card by name, with its text twin
GET /play/example               what an owner could answer, by field
"""

from aiohttp import web

from dialogs.cards.plain import as_text
from dialogs.texts import languages, texts
from play.examples import COMPLETE, EVERY


def routes() -> list[web.RouteDef]:
    return [web.get("/play/gallery", _gallery), web.get("/play/example", _example)]


async def _gallery(request: web.Request) -> web.Response:
    language = request.query.get("language", "nb")
    if language not in languages():
        return web.json_response({"error": f"Språket «{language}» finnes ikke."}, status=409)
    made = {name: make(texts(language)) for name, make in EVERY.items()}
    cards = [{"name": name, "card": card, "text": as_text(card)} for name, card in made.items()]
    return web.json_response({"languages": languages(), "cards": cards})


async def _example(_: web.Request) -> web.Response:
    """Of a measure of one year and one owner, which may be anybody, so that whoever tries it is soon done."""
    alone = {"measure_title": "Lesing i alle fag", "other_owners": None, "coordinator": "no"}
    short = COMPLETE | alone | {"duration_years": "1"}
    return web.json_response({field: text for field, text in short.items() if text})
