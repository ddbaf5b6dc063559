"""Settings: from a TOML file and the environment, read once at the start."""

import tomllib
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from bot.delivery import address
from bot.expected import Code, ExpectedError

PREFIX: Final = "BOT_"
TELEGRAM: Final = "https://api.telegram.org"


class BadSettingsError(ExpectedError):
    """The settings cannot be used; the text is one sentence naming the key or file."""

    code = Code.BAD_SETTINGS


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Telegram(_Section):
    """How the bot reaches Telegram. The token comes from @BotFather.

    `proxy` is an http:// address, perhaps with a name and password; `off` uses none, and empty is
    the environment's.
    """

    token: SecretStr = SecretStr("")
    api_base_url: str = TELEGRAM
    proxy: SecretStr = SecretStr("")


class Database(_Section):
    """Where everything is stored."""

    url: str = "sqlite:///data/holdfast.db"


class Access(_Section):
    """Who may do what: Telegram ids of the first admins, and whether anyone may enrol."""

    admins: tuple[int, ...] = ()
    open_enrolment: bool = False


class Delivery(_Section):
    """Messages a second over all chats, at most: Telegram allows about 30, and bills for more.

    What is due together goes out within `reminders_within_s`, where people's own answers allow it.
    """

    rate: float = Field(default=28.0, ge=1.0, le=1000.0)
    paid_rate: float = Field(default=0.0, ge=0.0, le=1000.0)
    reminders_within_s: float = Field(default=600.0, ge=1.0, le=7200.0)


class BackupSettings(_Section):
    """Copies of the database: their folder, when one is made by itself (UTC), and how many stay.

    A relative folder lies beside the database.
    """

    folder: str = Field(default="backups", min_length=1)
    nightly: str = Field(default="03:00", pattern=r"^(([01]\d|2[0-3]):[0-5]\d|off)$")
    keep: int = Field(default=14, ge=1, le=1000)


class MetricsSettings(_Section):
    """The port on 127.0.0.1 where figures are read by Prometheus; 0 opens none."""

    port: int = Field(default=0, ge=0, le=65535)


class Settings(BaseSettings):
    """All settings. The environment (BOT_SECTION__KEY) wins over the file."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True
    )

    telegram: Telegram = Telegram()
    database: Database = Database()
    access: Access = Access()
    delivery: Delivery = Delivery()
    backup: BackupSettings = BackupSettings()
    metrics: MetricsSettings = MetricsSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put the environment before the file's values, and nothing else beside them."""
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings


class Embedded(Settings):
    """Settings given in the program itself: neither file nor environment is read."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take the values given, and nothing else."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)


def load(path: Path | None, environment: dict[str, str]) -> Settings:
    """Return the settings of the file (if any) and the environment.

    Raises `BadSettingsError` with one sentence for whatever is wrong first.
    """
    values = {} if path is None else _read(path)
    _check_environment(environment)
    try:
        return _reaching(Settings(**values), environment)
    except ValidationError as error:
        raise BadSettingsError(_sentence(error)) from error
    except SettingsError as error:
        raise BadSettingsError(_broken_variable(environment)) from error


def _reaching(settings: Settings, environment: dict[str, str]) -> Settings:
    """Return the settings with the proxy that is in force; raises where Telegram is out of reach.

    So that `run` and `check-config` take and refuse the same.
    """
    base, proxy = settings.telegram.api_base_url, settings.telegram.proxy.get_secret_value().strip()
    _refuse(address.base_problem(base))
    _refuse(address.proxy_problem(proxy))
    found = None if proxy else address.proxy_of(environment, base)
    if found is not None:
        name, proxy = found
        problem = address.proxy_problem(proxy, name)
        _refuse(problem and f"{problem[:-1]}; or set telegram.proxy to an address or to off.")
    kept = "" if proxy == address.NO_PROXY else proxy
    telegram = settings.telegram.model_copy(update={"proxy": SecretStr(kept)})
    return settings.model_copy(update={"telegram": telegram})


def _refuse(problem: str | None) -> None:
    if problem:
        raise BadSettingsError(problem)


def require_token(settings: Settings) -> str:
    """Return the bot's token, or raise `BadSettingsError` when there is none."""
    token = settings.telegram.token.get_secret_value().strip()
    if not token:
        raise BadSettingsError(
            "telegram.token is missing: set BOT_TELEGRAM__TOKEN, or token under [telegram] in "
            "the configuration file, to the token that @BotFather gave you."
        )
    return token


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadSettingsError(f"{path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettingsError(f"{path} is not valid TOML: {error}.") from error


def known_keys() -> dict[str, tuple[str, ...]]:
    """Return the keys of every section."""
    return {
        section: tuple(field.annotation.model_fields)
        for section, field in Settings.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
    }


def _check_environment(environment: dict[str, str]) -> None:
    known = {
        f"{PREFIX}{section}__{key}".upper()
        for section, keys in known_keys().items()
        for key in keys
    }
    for name in environment:
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            raise BadSettingsError(
                f"{name} is not a setting; known are {', '.join(sorted(known))}."
            )


def _sentence(error: ValidationError) -> str:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        names = [f"{section}.{name}" for section, keys in known_keys().items() for name in keys]
        return f"{key} is not a setting; known are {', '.join(names)}."
    return f"{key} is not valid: {first['msg']}."


def _broken_variable(environment: dict[str, str]) -> str:
    name = f"{PREFIX}ACCESS__ADMINS"
    if name in environment:
        return f"{name} is not valid: it must be a JSON list of Telegram ids, for example [12345]."
    return "A BOT_ variable is not valid: lists and sections must be JSON."
