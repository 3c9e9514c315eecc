"""What the operator decides about the service: environment variables that begin ``YIZHAN_``."""

from __future__ import annotations

import hashlib
import hmac
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from api.server.admission import Limits
from geo.errors import BadInputError
from geo.text import Language, Text

_SHORTEST_KEY = 16
"""64 bits where each character is one of sixteen; guessing is slowed down besides."""


class Settings(BaseSettings):
    """Where the project is, who may plan, and how the service is reached.

    Attributes
    ----------
    project : Path
        The project folder (``YIZHAN_PROJECT``).
    planner_key : SecretStr | None
        Opens the planner's pages and operations; at least 16 characters. Without one they refuse.
    base_url : str | None
        How the public reaches the service, for QR signs and links; None means as requested.
    tile_url : str | None
        Background tiles, a template with ``{z} {x} {y}`` (and ``{s}``); None means our own map.
    tile_subdomains, tile_attribution : str
        Values of ``{s}``, one character each, and what the map must name.
    tianditu_key : SecretStr | None
        The operator's key for 天地图; used when there is no `tile_url`. Browsers see it.
    host, port : str, int
        Where the server listens.
    language : Language
        What a reader gets who asks for none.
    cors_origins : tuple[str, ...]
        Origins whose scripts may send a key, comma-separated in the environment; none by default.
        What needs no key, any origin may read.
    max_upload_bytes : int
        Largest request body accepted from whoever has the planner's key.
    max_body_bytes : int
        Largest request body accepted from anybody else.
    trusted_proxies : tuple[str, ...]
        Addresses or networks of reverse proxies, comma-separated in the environment: what they
        say of their clients is believed, and the limit per address does not hold for them.
    max_connections, max_connections_per_address : int
        Open at once in all, and from one IPv4 address or IPv6 /64 network.
    header_timeout_s, body_timeout_s : float
        For a request's headers to arrive; for its body, beside what it takes at 5 kB/s.
    """

    model_config = SettingsConfigDict(env_prefix="YIZHAN_", frozen=True, extra="ignore")

    project: Path = Path()
    planner_key: SecretStr | None = None
    base_url: str | None = None
    tile_url: str | None = None
    tile_subdomains: str = "abc"
    tile_attribution: str = ""
    tianditu_key: SecretStr | None = None
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    language: Language = Language.ZH
    cors_origins: Annotated[tuple[str, ...], NoDecode] = ()
    max_upload_bytes: int = Field(default=100_000_000, ge=1)
    max_body_bytes: int = Field(default=1_000_000, ge=1)
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Limits.trusted_proxies
    max_connections: int = Field(default=Limits.connections, ge=1)
    max_connections_per_address: int = Field(default=Limits.connections_per_address, ge=1)
    header_timeout_s: float = Field(default=Limits.head_s, gt=0)
    body_timeout_s: float = Field(default=Limits.body_s, gt=0)

    @classmethod
    def told(cls, **given: Any) -> Settings:  # noqa: ANN401 - each field has its own type
        """Return the settings of the environment and those `given`.

        Raises
        ------
        BadInputError
            Saying which is wrong, and what it has to be.
        """
        try:
            return cls(**given)
        except ValidationError as error:
            faults = "\n".join(_words(fault) for fault in error.errors())
            raise BadInputError(Text(faults, faults)) from error

    @field_validator("cors_origins", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            try:
                ip_network(one)
            except ValueError:
                message = (
                    f"YIZHAN_TRUSTED_PROXIES {one!r} 须为 IP 地址或网段，如 10.0.0.0/8 "
                    "(must be an address or a network)"
                )
                raise ValueError(message) from None
        return value

    @field_validator("planner_key")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < _SHORTEST_KEY:
            message = (
                f"YIZHAN_PLANNER_KEY 至少 {_SHORTEST_KEY} 个字符 "
                f"(needs at least {_SHORTEST_KEY} characters)"
            )
            raise ValueError(message)
        return value

    @field_validator("base_url")
    @classmethod
    def _absolute(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            message = f"YIZHAN_BASE_URL {value!r} 须以 http(s):// 开头 (must be absolute)"
            raise ValueError(message)
        return value.rstrip("/")

    @property
    def limits(self) -> Limits:
        """What one client, and all together, may take of the server."""
        return Limits(
            connections=self.max_connections,
            connections_per_address=self.max_connections_per_address,
            trusted_proxies=self.trusted_proxies,
            head_s=self.header_timeout_s,
            body_s=self.body_timeout_s,
        )

    @property
    def bus_key(self) -> str | None:
        """The bus crews' key: derived from the planner's, opens the day sheets and nothing else."""
        if self.planner_key is None:
            return None
        secret = self.planner_key.get_secret_value().encode()
        return hmac.new(secret, b"yizhan bus crew", hashlib.sha256).hexdigest()[:32]


def _words(fault: ErrorDetails) -> str:
    """Return what is wrong; our own validators name the variable, others leave it to us."""
    own = fault.get("ctx", {}).get("error")
    if own is not None:
        return str(own)
    name = "_".join(str(part) for part in fault["loc"]).upper()
    return f"YIZHAN_{name}: {fault['msg']}"
