"""Settings: from a TOML file and the environment, read once at the start.

What an editor, a shell or a list of variables leaves round a value is taken off: a mark at the
file's beginning, ends of lines, spaces, and quotes that were kept.
"""

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from bot.delivery import address
from bot.expected import Code, ExpectedError

PREFIX: Final = "BOT_"
TELEGRAM: Final = "https://api.telegram.org"
_TOKEN: Final = re.compile(r"\d{1,20}:[A-Za-z0-9_-]{1,200}", re.ASCII)
_TOKEN_EXAMPLE: Final = "123456789:the-token-from-BotFather"  # noqa: S105 - no token
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{1,256}", re.ASCII)
_TIME: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_PLAINLY: Final = {"Input": "it", "String": "it", "tuple": "list"}
_PLAINER: Final = re.compile("|".join(_PLAINLY))
_MAX_ID: Final = 2**52 - 1
"""Telegram's ids of people have at most 52 bits."""


class BadSettingsError(ExpectedError):
    """The settings cannot be used; the text is one sentence naming the key or file."""

    code = Code.BAD_SETTINGS


def bare(text: str) -> str:
    """Return a text without spaces round it, and without quotes that were kept."""
    found = text.strip()
    if len(found) > 1 and found[0] == found[-1] and found[0] in "\"'":
        return found[1:-1].strip()
    return found


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _as_meant(cls, value: Any, info: ValidationInfo) -> Any:
        """Take off what stands round a text; true and false are no numbers."""
        wanted = cls.model_fields[info.field_name or ""].annotation
        if isinstance(value, bool) and wanted is not bool:
            raise PydanticCustomError("bool", "true and false are not allowed here")
        if info.field_name == "api_base_url" and isinstance(value, str) and value != value.strip():
            return value  # an address with a space is refused, wherever that stands
        return bare(value) if isinstance(value, str) else value


def _whole(value: Any) -> Any:
    if isinstance(value, bool | float):
        raise PydanticCustomError("id", "a Telegram id is a whole number")
    return value


def _of_a_person(value: int) -> int:
    if value < 0:
        raise PydanticCustomError("id", "an id below zero is a group's or channel's, no person's")
    if not 0 < value <= _MAX_ID:
        raise PydanticCustomError("id", "that is no Telegram id: they have at most 16 digits")
    return value


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, int) else value


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise PydanticCustomError("one_line", "it must be one line without control characters")
    return text


def _time_or_off(text: str) -> str:
    if text != "off" and _TIME.fullmatch(text) is None:
        raise PydanticCustomError("time", "it must be a time from 00:00 to 23:59, or off")
    return text


def _of_a_webhook(secret: SecretStr) -> SecretStr:
    found = secret.get_secret_value()
    if found and _SECRET.fullmatch(found) is None:
        raise PydanticCustomError(
            "webhook_secret", "it must be 1 to 256 letters, digits, - and _, as Telegram takes it"
        )
    return secret


PersonId = Annotated[int, BeforeValidator(_whole), AfterValidator(_of_a_person)]
Admins = Annotated[tuple[PersonId, ...], BeforeValidator(_listed)]
Line = Annotated[str, AfterValidator(_one_line)]


class Telegram(_Section):
    """How the bot reaches Telegram. The token comes from @BotFather.

    `proxy` is an http:// address, perhaps with a name and password; `off` uses none, and empty is
    the environment's.
    """

    token: SecretStr = Field(default=SecretStr(""), examples=[_TOKEN_EXAMPLE])
    api_base_url: str = TELEGRAM
    proxy: SecretStr = SecretStr("")


class Database(_Section):
    """Where everything is stored."""

    url: str = "sqlite:///data/holdfast.db"


class Access(_Section):
    """Who may do what: Telegram ids of the first admins, and whether anyone may enrol."""

    admins: Admins = Field(default=(), examples=[[12345]])
    open_enrolment: bool = False


class OperatorSettings(_Section):
    """Who runs this bot, and how to reach them: people read it before they agree to anything."""

    name: Line = Field(default="", max_length=100, examples=["Physio Berg, Bergen"])
    contact: Line = Field(default="", max_length=200, examples=["privacy@berg.example"])


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
    nightly: Annotated[str, AfterValidator(_time_or_off)] = "03:00"
    keep: int = Field(default=14, ge=1, le=1000)


class MetricsSettings(_Section):
    """The port on 127.0.0.1 where figures are read by Prometheus; 0 opens none."""

    port: int = Field(default=0, ge=0, le=65535)


class WebhookSettings(_Section):
    """Where Telegram posts updates, and where `holdfast ingress` takes them; without, it is polled.

    Telegram shows the secret with each post, and nobody else knows it.
    """

    url: str = Field(default="", examples=["https://bot.example/telegram"])
    secret: Annotated[SecretStr, AfterValidator(_of_a_webhook)] = Field(
        default=SecretStr(""), examples=["what `openssl rand -hex 32` prints"]
    )
    host: Line = Field(default="127.0.0.1", min_length=1)
    port: int = Field(default=8080, ge=0, le=65535)


class Settings(BaseSettings):
    """All settings. The environment (BOT_SECTION__KEY) wins over the file."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True
    )

    telegram: Telegram = Telegram()
    database: Database = Database()
    access: Access = Access()
    operator: OperatorSettings = OperatorSettings()
    delivery: Delivery = Delivery()
    backup: BackupSettings = BackupSettings()
    metrics: MetricsSettings = MetricsSettings()
    webhook: WebhookSettings = WebhookSettings()

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no line of the log may hold."""
        held = (self.telegram.token, self.webhook.secret)
        return tuple(one.get_secret_value() for one in held)

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
        assert isinstance(env_settings, EnvSettingsSource)
        env_settings.env_vars = {
            name: None if value is None else bare(value)
            for name, value in env_settings.env_vars.items()
        }
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
        raise BadSettingsError(_sentence(error.errors()[0])) from None
    except SettingsError:
        raise BadSettingsError(_broken_variable(environment)) from None


def _reaching(settings: Settings, environment: dict[str, str]) -> Settings:
    """Return the settings with the proxy that is in force; raises where Telegram is out of reach.

    So that `run` and `check-config` take and refuse the same.
    """
    base, proxy = settings.telegram.api_base_url, settings.telegram.proxy.get_secret_value().strip()
    _refuse(address.base_problem(base))
    _refuse(address.webhook_problem(settings.webhook.url, theirs=base == TELEGRAM))
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
    token = settings.telegram.token.get_secret_value()
    if not token:
        raise BadSettingsError(
            "telegram.token is missing: set BOT_TELEGRAM__TOKEN, or token under [telegram] in "
            "the configuration file, to the token that @BotFather gave you."
        )
    if _TOKEN.fullmatch(token) is None:
        raise BadSettingsError(
            "telegram.token is no bot's token: it is digits, a colon, then letters, digits, "
            f"- and _, as @BotFather gave it, for example {_TOKEN_EXAMPLE}."
        )
    return token


def bot_of(settings: Settings) -> str:
    """Return the id of the bot whose token it is: the number that all its tokens begin with.

    Raises as `require_token` does.
    """
    return str(int(require_token(settings).partition(":")[0]))


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise BadSettingsError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        raise BadSettingsError(f"{path} is not UTF-8 text: save it as UTF-8.") from None
    except (ValueError, RecursionError) as error:  # a number of thousands of digits is no TOMLError
        why = " ".join(str(error).split())
        raise BadSettingsError(f"{path} is not valid TOML: {why}.") from None


def known_keys() -> dict[str, tuple[str, ...]]:
    """Return the keys of every section."""
    return {section: tuple(model.model_fields) for section, model in _sections().items()}


def _sections() -> dict[str, type[BaseModel]]:
    return {
        section: field.annotation
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


def _sentence(first: ErrorDetails) -> str:
    """Return what is wrong with a value, and one that would do; the value itself is not told."""
    key = ".".join(str(part) for part in first["loc"][:2])
    if first["type"] == "extra_forbidden":
        names = [f"{section}.{name}" for section, keys in known_keys().items() for name in keys]
        return f"{key} is not a setting; known are {', '.join(names)}."
    if len(first["loc"]) == 1:
        return f"{key} is a section: write [{key}] on a line, and its settings under it."
    why = _PLAINER.sub(lambda found: _PLAINLY[found[0]], first["msg"])
    return f"{key} is not valid: {why}; for example {_example(*first['loc'][:2])}."


def _example(section: str | int, key: str | int) -> str:
    field = _sections()[str(section)].model_fields[str(key)]
    found = field.examples[0] if field.examples else field.default
    return str(found).lower() if isinstance(found, bool) else f"{found}"


def _broken_variable(environment: dict[str, str]) -> str:
    name = f"{PREFIX}ACCESS__ADMINS"
    if name in environment:
        return f"{name} is not valid: it must be a JSON list of Telegram ids, for example [12345]."
    return "A BOT_ variable is not valid: lists and sections must be JSON."
