"""The least that an echo over the connector takes in Python: aiohttp, orjson, uvloop; no token is checked."""

from urllib.parse import quote

import aiohttp
import orjson
import peer
import uvloop
from aiohttp import web
from yarl import URL


async def main() -> None:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def messages(request: web.Request) -> web.Response:
            got = orjson.loads(await request.read())
            reply = {
                "type": "message",
                "text": f"Echo: {got['text']}",
                "from": got["recipient"],
                "recipient": got["from"],
                "conversation": got["conversation"],
                "replyToId": got["id"],
            }
            place = quote(got["conversation"]["id"], safe="")
            url = URL(f"{got['serviceUrl']}v3/conversations/{place}/activities", encoded=True)
            headers = {"Content-Type": "application/json", "Authorization": "Bearer of-loopback"}
            async with session.post(url, data=orjson.dumps(reply), headers=headers) as response:
                orjson.loads(await response.read())
            return web.Response()

        await peer.serving(messages)


uvloop.run(main())
