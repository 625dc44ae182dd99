"""Who may come in, and where answers may go.

A service address is held by one closed pattern rather than by a URL parser: what does not look exactly like
Microsoft's is refused, so that no two parsers can ever read it differently.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

CHANNEL = "msteams"

_SERVICE_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9.-]+|\[[0-9a-f:]+])(?::(?P<port>[0-9]{1,5}))?(?:/[A-Za-z0-9._~/-]*)?"
)
_DEFAULT_PORT = {"https": "443", "http": "80"}


def origin_of(service_url: str) -> str | None:
    """Scheme, host and port; None for anything that is not a plain service address.

    User info, query, fragment, escapes, blanks and capitals in the host are not plain.
    """
    found = _SERVICE_URL.fullmatch(service_url)
    if found is None:
        return None
    scheme, host, port = found.group("scheme", "host", "port")
    return f"{scheme}://{host}" if port in (None, _DEFAULT_PORT[scheme]) else f"{scheme}://{host}:{port}"


def is_loopback(host: str) -> bool:
    """Names are not looked up: what `localhost` means is known, what others mean can change."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class NotAdmitted(Exception):  # noqa: N818 - an answer at the door, not an error of ours
    """The sender is who the token says, but has no business here. `reason` is for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Door:
    """`origins`: as from `origin_of`. `tenants`: whose people may write to us, in lower case."""

    app_id: str
    tenants: frozenset[str]
    origins: frozenset[str]

    def __post_init__(self) -> None:
        if not all((self.app_id, self.tenants, self.origins, *self.tenants)):
            raise ValueError("a door without an app, a tenant or an origin guards nothing")

    @property
    def bot_id(self) -> str:
        return f"28:{self.app_id}"

    def admits_address(self, service_url: object) -> bool:
        return isinstance(service_url, str) and origin_of(service_url) in self.origins

    def check(self, activity: Mapping[str, Any]) -> None:
        """Channel, type, service address, tenant, and who writes where (teams.md 2.1, step 4).

        Raises: NotAdmitted.
        """
        tenant = at(activity, "channelData", "tenant", "id")
        stated = at(activity, "conversation", "tenantId")
        rules = {
            "channel": activity.get("channelId") == CHANNEL,
            "type": _is_text(activity.get("type")),
            "service_url": self.admits_address(activity.get("serviceUrl")),
            "tenant": isinstance(tenant, str) and tenant.lower() in self.tenants,
            "conversation_tenant": stated is None or stated == tenant,
            "conversation": _is_text(at(activity, "conversation", "id")),
            "sender": _is_text(at(activity, "from", "id")),
        }
        broken = next((name for name, holds in rules.items() if not holds), None)
        if broken:
            raise NotAdmitted(broken)


def at(value: object, *path: str) -> Any:
    """What stands at the end of the path; None where the path ends early or leads through no object."""
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""
