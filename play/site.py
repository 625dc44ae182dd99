"""The page in the browser: its files, and what npm has installed for it.

    GET /                     the people and their chats
    GET /galleri              every card of the product
    GET /page/{name}          scripts and styles of ours
    GET /page/vendor/{name}   those of npm, from `node_modules`; nothing of it is kept in the repository

A browser may load nothing from elsewhere: the page's security policy names this server alone.
"""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from aiohttp import web

FOLDER = Path(__file__).parent / "page"
PACKAGES = FOLDER / "node_modules"

PAGES: Mapping[str, str] = {"/": "index.html", "/galleri": "gallery.html"}
VENDOR: Mapping[str, str] = {
    "adaptivecards.js": "adaptivecards/dist/adaptivecards.min.js",
    "adaptivecards.css": "adaptivecards/dist/adaptivecards.css",
    "markdown-it.js": "markdown-it/dist/browser/markdown-it.esm.min.mjs",
    "teams-light.json": "adaptivecards-designer/lib/hostConfigs/microsoft-teams-light.json",
    "teams-dark.json": "adaptivecards-designer/lib/hostConfigs/microsoft-teams-dark.json",
}
KINDS = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".json": "application/json",
}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


def routes() -> list[web.RouteDef]:
    ours = [path.name for path in FOLDER.iterdir() if path.suffix in (".css", ".js")]
    return [
        *(web.get(address, _file(FOLDER / name)) for address, name in PAGES.items()),
        *(web.get(f"/page/{name}", _file(FOLDER / name)) for name in ours),
        *(web.get(f"/page/vendor/{name}", _file(PACKAGES / path)) for name, path in VENDOR.items()),
    ]


def _file(path: Path) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Read anew for each request, so that a change shows when the page is loaded again; 404: not installed."""
    kind = KINDS[path.suffix]

    async def handle(_: web.Request) -> web.StreamResponse:
        return web.FileResponse(path, headers={**HEADERS, "Content-Type": f"{kind}; charset=utf-8"})

    return handle
