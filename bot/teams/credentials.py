"""The bot's own token, which goes with everything it sends.

One for the whole process, fetched in a thread and renewed before it ends: the SDK asks twice over the network
for every turn, on the event loop (performance.md, section 0).
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

from domain.errors import Fault, SendFailed

AUTHORITY = "https://login.microsoftonline.com/"
RESOURCE = "https://api.botframework.com"
RENEW_BEFORE_SECONDS = 240.0  # MSAL hands out its stored token until five minutes before the end
CONSTANT_TOKEN = "constant-token-on-loopback"  # noqa: S105 - guards nothing
_TIMEOUT_SECONDS = 10
_PATIENCE_SECONDS = 25  # MSAL may ask twice: where the tenant's tokens come from, and for the token
_FOR_EVER_SECONDS = 10 * 365 * 24 * 3600

log = logging.getLogger(__name__)

Acquire = Callable[[], Mapping[str, Any]]


class Proof(StrEnum):
    """What the bot shows to get its token."""

    SECRET = "secret"  # noqa: S105 - the word, not one
    CERTIFICATE = "certificate"
    MANAGED_IDENTITY = "managed_identity"
    CONSTANT = "constant"  # no token at all: for the stand-in on loopback only


@dataclass(frozen=True, slots=True)
class Registration:
    """The bot as registered in Entra. `secret`: the secret, or the certificate's file."""

    app_id: str
    tenant_id: str
    proof: Proof
    secret: str = field(default="", repr=False)


def acquirer(registration: Registration) -> Acquire:
    """How the token is got: a call that blocks and gives MSAL's answer."""
    return _ACQUIRERS[registration.proof](registration)


class Credentials:
    """Gives the token. However many ask at once, it is fetched once."""

    def __init__(self, acquire: Acquire, *, seconds: Callable[[], float] = time.monotonic) -> None:
        self._acquire = acquire
        self._seconds = seconds
        self._token = ""
        self._ends_at = 0.0
        self._fetching: asyncio.Task[None] | None = None

    async def token(self) -> str:
        """Raises: SendFailed - UNAUTHORISED when it was refused, UNSENT when it could not be asked for."""
        left = self._ends_at - self._seconds() if self._token else 0.0
        if left <= 0:
            await asyncio.shield(self._fetching or self._start_fetching())
        elif left <= RENEW_BEFORE_SECONDS and self._fetching is None:
            self._start_fetching()
        return self._token

    def forget(self, token: str) -> None:
        """The chat service did not take it; the next send fetches another."""
        if token == self._token:
            self._token = ""

    async def close(self) -> None:
        if self._fetching is not None:
            await asyncio.gather(self._fetching, return_exceptions=True)

    def _start_fetching(self) -> asyncio.Task[None]:
        self._fetching = asyncio.create_task(self._fetch())
        self._fetching.add_done_callback(self._done)
        return self._fetching

    def _done(self, task: asyncio.Task[None]) -> None:
        self._fetching = None
        if not task.cancelled() and (failure := task.exception()):
            log.error("token_not_fetched", extra={"error": type(failure).__name__})

    async def _fetch(self) -> None:
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                answer = await asyncio.to_thread(self._acquire)
        except Exception as error:  # MSAL lets through whatever its HTTP client raises
            raise SendFailed(Fault.UNSENT, code=type(error).__name__) from error
        if "access_token" not in answer:
            raise SendFailed(Fault.UNAUTHORISED, code=str(answer.get("error", "")))
        self._token = str(answer["access_token"])
        self._ends_at = self._seconds() + float(answer.get("expires_in", 0))


def _with_secret(registration: Registration) -> Acquire:
    return _confidential(registration, lambda: registration.secret)


def _with_certificate(registration: Registration) -> Acquire:
    def credential() -> dict[str, str]:
        pem = Path(registration.secret).read_text()
        return {"private_key": pem, "public_certificate": pem}

    return _confidential(registration, credential)


def _confidential(registration: Registration, credential: Callable[[], Any]) -> Acquire:
    """One MSAL application for the process; made at the first call, since making it uses the network."""
    made: list[Any] = []

    def acquire() -> Mapping[str, Any]:
        import msal  # a fifth of a second, which only a bot with a real registration needs

        if not made:
            made.append(
                msal.ConfidentialClientApplication(
                    registration.app_id,
                    authority=AUTHORITY + registration.tenant_id,
                    client_credential=credential(),
                    timeout=_TIMEOUT_SECONDS,
                )
            )
        answer: Mapping[str, Any] = made[0].acquire_token_for_client([f"{RESOURCE}/.default"])
        return answer

    return acquire


def _with_managed_identity(registration: Registration) -> Acquire:
    made: list[Any] = []

    def acquire() -> Mapping[str, Any]:
        import msal
        import requests

        if not made:
            session = requests.Session()
            timed = partial(session.request, timeout=_TIMEOUT_SECONDS)
            session.request = timed  # type: ignore[method-assign]  # MSAL gives none of its own here
            identity = msal.UserAssignedManagedIdentity(client_id=registration.app_id)
            made.append(msal.ManagedIdentityClient(identity, http_client=session))
        answer: Mapping[str, Any] = made[0].acquire_token_for_client(resource=RESOURCE)
        return answer

    return acquire


def _constant(_: Registration) -> Acquire:
    return lambda: {"access_token": CONSTANT_TOKEN, "expires_in": _FOR_EVER_SECONDS}


_ACQUIRERS: Mapping[Proof, Callable[[Registration], Acquire]] = {
    Proof.SECRET: _with_secret,
    Proof.CERTIFICATE: _with_certificate,
    Proof.MANAGED_IDENTITY: _with_managed_identity,
    Proof.CONSTANT: _constant,
}
