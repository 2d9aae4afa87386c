"""Every setting Tocsin reads from its environment, checked once at the start and passed down."""

import re
from pathlib import Path
from typing import Annotated, Literal

import platformdirs
from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from pydantic_settings import SettingsError as SourceError
from pydantic_settings.sources import EnvSettingsSource

from shared.domain.web.address import Network, parse_networks
from shared.errors import SettingsError

SHORTEST_KEY = 32


def _default_data_dir() -> Path:
    return Path(platformdirs.user_data_dir("tocsin"))


class FileSettingsSource(EnvSettingsSource):
    """Reads `TOCSIN_X_FILE` as the path of a file that holds the value of `TOCSIN_X`.

    The convention of the official database images: a secret then stands in no process listing.
    """

    def get_field_value(self, field: object, field_name: str) -> tuple[str | None, str, bool]:
        """Give the content of the named file without its last line break, or None."""
        del field
        name = self.env_vars.get(f"tocsin_{field_name}_file")
        if not name:
            return None, field_name, False
        try:
            return Path(name).read_text(encoding="utf-8").rstrip("\r\n"), field_name, False
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise SettingsError(f"TOCSIN_{field_name.upper()}_FILE", f"cannot read {name}: {why}") from error


class Settings(BaseSettings):
    """What the environment says; see docs/settings.md."""

    model_config = SettingsConfigDict(env_prefix="TOCSIN_", frozen=True, extra="ignore")

    database_url: str = Field(
        default="", description="PostgreSQL 18 to use; empty: the embedded one in `DATA_DIR`."
    )
    reader_database_url: str = Field(
        default="",
        description="The same database as role `tocsin_reader`; empty: made from `DATABASE_URL`.",
    )
    redis_url: str = Field(
        default="", description="Redis or Valkey to use as the broker; empty: the embedded one."
    )
    broker_url: str = Field(
        default="", description="A broker of another kind, in Redis' place: RabbitMQ as amqp:// or amqps://."
    )
    data_dir: Path = Field(
        default_factory=_default_data_dir, description="Where the embedded services keep their data."
    )
    allowed_networks: Annotated[tuple[Network, ...], NoDecode] = Field(
        default=(),
        description="CIDRs, comma-separated, that may be reached although private or loopback.",
    )
    api_token: str = Field(
        default="", description="Bearer token of the HTTP API; empty: loopback only, without a token."
    )
    api_port: int = Field(default=8400, ge=0, le=65535, description="Port of the HTTP API; 0: any free one.")
    poll_min_seconds: float = Field(default=60, ge=1, description="The shortest time between two polls.")
    poll_max_seconds: float = Field(
        default=3600,
        ge=1,
        description="The longest; only `Retry-After` and a gone feed may wait longer.",
    )
    settle_seconds: float = Field(
        default=120,
        ge=0,
        description="How long a release may wait for its page before it is matched without.",
    )
    keep_releases_days: int = Field(
        default=0,
        ge=0,
        description="Days after which releases go, with their alerts and fetches; 0: never.",
    )
    secret_key: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Seals the secrets of endpoints at rest: 32 random characters or more; `tocsin migrate` seals "
        "what is there. Several, comma-separated, while it is changed: the first seals, each opens.",
    )
    contact: str = Field(
        default="",
        description=(
            "A mail address or page that the user agent names, for publishers to write to; empty: it names none, "
            "and some publishers block who cannot be asked."
        ),
    )
    proxy: str = Field(default="", description="HTTP proxy for every request Tocsin makes.")
    log_format: Literal["console", "json"] = Field(default="console", description="How logs are written.")

    @field_validator("allowed_networks", mode="before")
    @classmethod
    def _split_networks(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return parse_networks(value)

    @field_validator("contact")
    @classmethod
    def _fits_a_header(cls, value: str) -> str:
        if not re.fullmatch(r"[!-'*-~]{0,200}", value):
            raise ValueError("is one address without spaces and brackets, such as desk@newsroom.example")
        return value

    @field_validator("secret_key", mode="before")
    @classmethod
    def _split_keys(cls, value: object) -> object:
        keys = (
            tuple(part.strip() for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )
        if isinstance(keys, tuple) and any(len(key) < SHORTEST_KEY for key in keys):
            raise ValueError(f"needs {SHORTEST_KEY} random characters or more: `openssl rand -base64 32`")
        return keys

    @model_validator(mode="after")
    def _bounds_in_order(self) -> "Settings":
        if self.poll_max_seconds < self.poll_min_seconds:
            raise ValueError("POLL_MAX_SECONDS is less than POLL_MIN_SECONDS")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read arguments first, then the environment, then the files it names."""
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, FileSettingsSource(settings_cls)


def load_settings(**overrides: object) -> Settings:
    """Read the environment; raises SettingsError naming the variable that cannot be used and why."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # pydantic checks what tests pass
    except SourceError as error:
        # The library wraps what a source raises in an error of its own that names no variable.
        raise error.__cause__ if isinstance(error.__cause__, SettingsError) else error from None
    except ValidationError as error:
        first = error.errors()[0]
        name = f"TOCSIN_{str(first['loc'][0]).upper()}" if first["loc"] else "settings"
        raise SettingsError(name, first["msg"].removeprefix("Value error, ")) from error
