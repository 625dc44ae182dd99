"""People and bots as Teams knows them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

TENANT = "99999999-9999-4999-8999-999999999999"  # nobody's
APP_ID = "11111111-1111-4111-8111-111111111111"

_NAMESPACE = UUID("70000000-0000-4000-8000-000000000000")


def stable_id(*parts: str) -> str:
    """A UUID that is the same for the same parts, today and after a restart."""
    return str(uuid5(_NAMESPACE, "/".join(parts)))


@dataclass(frozen=True, slots=True)
class Person:
    """`handle` is our name for the person; Teams and the bot see the ids and the name."""

    handle: str
    name: str
    user_id: str  # "29:…"
    object_id: str | None  # None: as for some people from outside
    tenant_id: str = TENANT
    locale: str = "nb-NO"

    @classmethod
    def named(
        cls, handle: str, name: str | None = None, *, tenant_id: str = TENANT, locale: str = "nb-NO"
    ) -> "Person":
        """A person whose ids follow from the handle."""
        return cls(
            handle=handle,
            name=name or handle,
            user_id=f"29:{stable_id('user', handle)}",
            object_id=stable_id("object", handle),
            tenant_id=tenant_id,
            locale=locale,
        )

    def answers_to(self, member_id: str) -> bool:
        return member_id in (self.user_id, self.object_id)

    def account(self) -> dict[str, Any]:
        """As in `from` of a message. A person without an object id comes without the key."""
        account = {"id": self.user_id, "name": self.name}
        return account | ({"aadObjectId": self.object_id} if self.object_id else {})

    def member(self) -> dict[str, Any]:
        """As in a list of members."""
        return self.account() | {
            "objectId": self.object_id,
            "userPrincipalName": f"{self.handle}@example.test",
            "email": f"{self.handle}@example.test",
            "tenantId": self.tenant_id,
            "userRole": "user",
        }


@dataclass(frozen=True, slots=True)
class Bot:
    app_id: str = APP_ID
    name: str = "Samarbeidsforum"

    @property
    def id(self) -> str:
        return f"28:{self.app_id}"

    def account(self) -> dict[str, Any]:
        return {"id": self.id, "name": self.name}
