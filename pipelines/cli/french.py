"""The command line in French: what Typer says by itself, in the words of the rest."""

from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

import typer
from typer import core, rich_utils
from typer.models import CommandFunctionType

from pipelines.errors import UsageError

HELP = "Montre cette aide."
TYPES = {"<bool>": "", "<int>": "<entier>", "<int range>": "<entier>", "<str>": "<texte>", "<path>": "<dossier>"}
TYPES |= {"<list[str]>": "<texte>", "<list[Path]>": "<fichier>", "<list[Path]>...": "<fichier>…"}


class _Helped:
    """A command whose own `--help` speaks French."""

    def get_help_option(self, ctx: Any) -> Any:
        """The option, with our words."""
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = HELP
        return option


class Command(_Helped, core.TyperCommand):
    """One command."""


class Group(_Helped, core.TyperGroup):
    """All commands."""


class App(typer.Typer):
    """A Typer application whose commands are of those classes."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(cls=Group, subcommand_metavar="COMMANDE [ARGUMENTS]…", **settings)
        rich_utils.COMMANDS_PANEL_TITLE = "Commandes"
        rich_utils.DEFAULT_STRING = "[par défaut : {}]"
        rich_utils.REQUIRED_LONG_STRING = "[obligatoire]"

    def command(self, name: str | None = None, **settings: Any) -> Callable[[CommandFunctionType], CommandFunctionType]:
        """Registers a command; see typer.Typer.command."""
        return super().command(name, cls=Command, **settings)


_display_type = core.TyperOption.display_type_rich


def _type(self: Any, ctx: Any) -> str:
    """How a type is shown in the help; a flag has none."""
    kind = str(_display_type(self, ctx=ctx))
    return TYPES.get(kind, kind)


core.TyperOption.display_type_rich = _type  # type: ignore[method-assign]
core.TyperArgument.display_type_rich = _type  # type: ignore[method-assign]


def told(error: typer.TyperException) -> UsageError:
    """A mistake in a command line, as our own errors are told."""
    ctx, param = getattr(error, "ctx", None), getattr(error, "param", None)
    path = ctx.command_path if ctx is not None else "atlas"
    what, expected = _sentences(type(error).__name__, error, ctx, param)
    return UsageError(what, expected=expected, todo=f"{path} --help")


def _sentences(kind: str, error: typer.TyperException, ctx: Any, param: Any) -> tuple[str, str]:
    """What is wrong, and what was expected."""
    message, option = error.format_message(), getattr(error, "option_name", "")
    if kind == "NoSuchOption":
        known = [o for p in ctx.command.params for o in p.opts if o.startswith("-")] if ctx is not None else []
        return f"Option inconnue : {option}.", ", ".join(known)
    if kind == "BadOptionUsage":
        wants = "n'attend pas de valeur" if "does not take" in message else "attend une valeur"
        return f"L'option {option} {wants}.", ""
    if kind == "MissingParameter" and param is not None:
        return f"Il manque « {param.name} ».", getattr(param, "help", "") or ""
    if kind == "BadParameter" and param is not None:
        shown = next((o for o in param.opts if o.startswith("--")), param.name)
        limits = (param._get_number_range_help_str() or "").replace("x", param.name)
        return f"Valeur impossible pour {shown}.", f"{_type(param, ctx).strip('<>')} {limits}".strip()
    if "No such command" in message and ctx is not None:
        asked = message.split("'")[1]
        close = get_close_matches(asked, ctx.command.commands)
        return f"Commande inconnue : « {asked} ».", "l'une de : " + ", ".join(close or ctx.command.commands)
    if "unexpected extra argument" in message:
        extra = message[message.rfind("(") + 1 : -1]
        return (
            f"Il y a un argument de trop : {extra}.",
            "une valeur, entre guillemets si elle a des espaces",
        )
    return message, ""
