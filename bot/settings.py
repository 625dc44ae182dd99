"""All settings, read once. Nothing else reads the environment.

Whatever is unknown, empty, missing or unsafe stops the start with the setting's name, and never with its
value. There is no setting that turns authentication off.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import (
    EmailStr,
    Field,
    FilePath,
    SecretStr,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.mail import PORTS, MailServer, Security, read_url
from bot.teams.credentials import Proof, Registration
from bot.teams.door import Door, is_loopback, origin_of
from bot.teams.keys import MICROSOFT
from domain.errors import Final

PREFIX = "FORUMBOT_"
_SHORTEST_KEY = 32
_DATABASES = ("sqlite:///", "postgresql+psycopg://")


class WrongSettings(Final):
    """One line for each setting at fault: its name and what is wrong, without its value."""


class Env(StrEnum):
    PRODUCTION = "production"
    DEVELOPMENT = "development"
    TEST = "test"


class AppType(StrEnum):
    """How the bot is registered. Microsoft's third kind, open to every tenant, is not offered."""

    SINGLE_TENANT = "SingleTenant"
    USER_ASSIGNED_MSI = "UserAssignedMSI"


EntraId = Annotated[
    str, StringConstraints(pattern=r"^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$", to_lower=True)
]
Names = Annotated[tuple[str, ...], NoDecode]
Key = Annotated[SecretStr, Field(min_length=_SHORTEST_KEY)]


class Settings(BaseSettings):
    """Get it from `load`. What each setting means stands in the table of the README."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="ignore", frozen=True, hide_input_in_errors=True, env_file=None
    )

    env: Env = Env.PRODUCTION
    database_url: SecretStr = SecretStr("sqlite:///forumbot.db")
    app_id: EntraId | None = None
    app_type: AppType | None = None
    tenant_id: EntraId | None = None
    app_password: SecretStr | None = None
    app_certificate: FilePath | None = None
    tenants: Annotated[tuple[EntraId, ...], NoDecode] = ()
    service_hosts: Names = ("smba.trafficmanager.net",)
    openid_metadata_url: str = MICROSOFT
    forum: str = "nordland"
    host: str = "127.0.0.1"
    port: int = Field(default=3978, ge=0, le=65535)
    public_url: str | None = None
    link_key: Key | None = None
    log_key: Key | None = None
    smtp_url: SecretStr | None = None
    mail_from: EmailStr | None = None
    language: Literal["nb", "nn", "en"] = "nb"

    @field_validator("tenants", "service_hosts", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(name.strip() for name in value.split(",")) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _keeps_the_rules(self) -> Self:
        broken = [f"{PREFIX}{name}: {fault}" for name, is_broken, fault in _RULES if is_broken(self)]
        if broken:
            raise ValueError("\n".join(broken))
        return self

    @property
    def is_production(self) -> bool:
        return self.env is Env.PRODUCTION

    @property
    def mail_server(self) -> MailServer | None:
        return read_url(self.smtp_url.get_secret_value()) if self.smtp_url else None

    @property
    def origins(self) -> frozenset[str]:
        return frozenset(origin for host in self.service_hosts if (origin := _origin(host)))

    def require(self, *names: str) -> None:
        """Raises: WrongSettings - with the names of those that are not set."""
        missing = [name for name in names if getattr(self, name) is None]
        if missing:
            raise WrongSettings("\n".join(f"{PREFIX}{name.upper()}: missing" for name in missing))

    def door(self) -> Door:
        """Raises: WrongSettings."""
        self.require("app_id", "tenant_id")
        tenants = self.tenants or (str(self.tenant_id),)
        return Door(str(self.app_id), frozenset(tenants), self.origins)

    def registration(self) -> Registration:
        """The constant token is for a bot whose issuer is on loopback, which production has not.

        Raises: WrongSettings.
        """
        self.require("app_id", "app_type", "tenant_id")
        proof, secret = self._proof()
        return Registration(str(self.app_id), str(self.tenant_id), proof, secret)

    def _proof(self) -> tuple[Proof, str]:
        if _is_on_loopback(self.openid_metadata_url):
            return Proof.CONSTANT, ""
        if self.app_type is AppType.USER_ASSIGNED_MSI:
            return Proof.MANAGED_IDENTITY, ""
        if self.app_certificate:
            return Proof.CERTIFICATE, str(self.app_certificate)
        if self.app_password:
            return Proof.SECRET, self.app_password.get_secret_value()
        raise WrongSettings(f"{PREFIX}APP_PASSWORD or {PREFIX}APP_CERTIFICATE: missing")


NAMES = tuple(f"{PREFIX}{name.upper()}" for name in Settings.model_fields)


def load(own: Mapping[str, Any] | None = None, *, dotenv: Path = Path(".env")) -> Settings:
    """Read the environment, and `.env` where the environment says that this is not production.

    `own`: what a command brings along, by field name; it goes before the environment.

    Raises: WrongSettings - with every fault that was found.
    """
    own = own or {}
    env = str(own.get("env") or os.environ.get(f"{PREFIX}ENV") or Env.PRODUCTION)
    file = None if env == Env.PRODUCTION else dotenv
    faults = list(_faulty_names(os.environ)) + list(_faulty_names(dotenv_values(file) if file else {}))
    if faults:
        raise WrongSettings("\n".join(faults))
    try:
        return Settings(_env_file=file, **own)
    except ValidationError as error:
        raise WrongSettings("\n".join(_lines(error))) from None


def _faulty_names(given: Mapping[str, str | None]) -> Iterator[str]:
    for name, value in given.items():
        if name.upper().startswith(PREFIX):
            if name.upper() not in NAMES:
                yield f"{name}: no such setting"
            elif not (value or "").strip():
                yield f"{name}: empty; leave it out or give it a value"


def _lines(error: ValidationError) -> Iterator[str]:
    for fault in error.errors(include_input=False, include_url=False):
        name = str(fault["loc"][0]).upper() if fault["loc"] else ""
        # The rules of our own name their setting themselves.
        yield f"{PREFIX}{name}: {fault['msg']}" if name else fault["msg"].removeprefix("Value error, ")


def _origin(host: str) -> str | None:
    """The origin that an entry of SERVICE_HOSTS means: https, and http for a bare loopback address."""
    url = host if "://" in host else f"{'http' if _is_on_loopback(f'//{host}') else 'https'}://{host}"
    origin = origin_of(url)
    return origin if origin == url else None


def _is_on_loopback(url: str) -> bool:
    try:
        return is_loopback(urlsplit(url).hostname or "")
    except ValueError:
        return False


def _has_port(origin: str) -> bool:
    return urlsplit(origin).port is not None


def _is_unsafe(url: str, settings: Settings) -> bool:
    """Plain http is for loopback, and loopback is not for production."""
    if _is_on_loopback(url):
        return settings.is_production
    return not url.startswith("https://")


def _is_open_to_read(settings: Settings) -> bool:
    """Mail, and the password for it, would go over the net as plain text."""
    server = settings.mail_server
    return server is not None and server.security is Security.NONE and not is_loopback(server.host)


_Rule = tuple[str, Callable[[Settings], bool], str]

_RULES: tuple[_Rule, ...] = (
    (
        "DATABASE_URL",
        lambda s: not s.database_url.get_secret_value().startswith(_DATABASES),
        f"begins with none of {', '.join(_DATABASES)}",
    ),
    (
        "APP_PASSWORD",
        lambda s: bool(s.app_password and s.app_certificate),
        f"not together with {PREFIX}APP_CERTIFICATE",
    ),
    (
        "APP_TYPE",
        lambda s: s.app_type is AppType.USER_ASSIGNED_MSI and bool(s.app_password or s.app_certificate),
        "a managed identity has neither password nor certificate",
    ),
    ("SERVICE_HOSTS", lambda s: len(s.origins) < len(set(s.service_hosts)), "not a list of plain hosts"),
    (
        "SERVICE_HOSTS",
        lambda s: any(_is_unsafe(origin, s) for origin in s.origins),
        "http is for loopback only, and loopback is not for production",
    ),
    (
        "SERVICE_HOSTS",
        lambda s: s.is_production and any(_has_port(origin) for origin in s.origins),
        "a port is not for production",
    ),
    (
        "OPENID_METADATA_URL",
        lambda s: (
            s.openid_metadata_url != MICROSOFT
            and (s.is_production or not _is_on_loopback(s.openid_metadata_url))
        ),
        "another one than Microsoft's must be on loopback, and is not for production",
    ),
    (
        "PUBLIC_URL",
        lambda s: s.public_url is not None and _is_unsafe(s.public_url, s),
        "must be https",
    ),
    (
        "SMTP_URL",
        lambda s: s.smtp_url is not None and s.mail_server is None,
        f"not of the form smtps://<user>:<password>@<host>:<port>, with one of {', '.join(PORTS)} at its beginning",
    ),
    (
        "SMTP_URL",
        lambda s: s.is_production and _is_open_to_read(s),
        "mail would go unencrypted; write smtps:// or smtp+starttls:// instead of smtp://",
    ),
    (
        "SMTP_URL",
        lambda s: s.mail_from is not None and s.smtp_url is None,
        f"missing, and needed with {PREFIX}MAIL_FROM",
    ),
    (
        "MAIL_FROM",
        lambda s: s.smtp_url is not None and s.mail_from is None,
        f"missing, and needed with {PREFIX}SMTP_URL",
    ),
)
