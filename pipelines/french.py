"""The command line in French: what Typer says by itself, in the words of the rest."""

from difflib import get_close_matches
from typing import Any

import typer
from typer import core, rich_utils

from pipelines.errors import UsageError

HELP = "Montre cette aide."
TYPES = {"<bool>": "", "<int>": "<entier>", "<int range>": "<entier>", "<str>": "<texte>", "<path>": "<dossier>"}


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
        rich_utils.OPTIONS_PANEL_TITLE = "Options"
        rich_utils.ARGUMENTS_PANEL_TITLE = "Arguments"
        rich_utils.COMMANDS_PANEL_TITLE = "Commandes"
        rich_utils.DEFAULT_STRING = "[par défaut : {}]"
        rich_utils.REQUIRED_LONG_STRING = "[obligatoire]"

    def command(self, name: str | None = None, **settings: Any) -> Any:
        """Registers a command; see typer.Typer.command."""
        return super().command(name, cls=Command, **settings)


def _type(self: core.TyperOption | core.TyperArgument, ctx: Any, *, said: Any = core.TyperOption.display_type_rich) -> Any:
    kind = said(self, ctx=ctx)
    return TYPES.get(str(kind), kind)


core.TyperOption.display_type_rich = _type  # type: ignore[method-assign]
core.TyperArgument.display_type_rich = _type  # type: ignore[method-assign]


def told(error: typer.TyperException) -> UsageError:
    """A mistake in a command line, as our own errors are told."""
    ctx = getattr(error, "ctx", None)
    path = ctx.command_path if ctx is not None else "atlas"
    option, param = getattr(error, "option_name", ""), getattr(error, "param", None)
    name, message, expected = type(error).__name__, error.format_message(), ""
    if name == "NoSuchOption":
        what = f"Option inconnue : {option}."
        expected = ", ".join(o for p in ctx.command.params for o in p.opts if o.startswith("-")) if ctx is not None else ""
    elif name == "BadOptionUsage":
        what = f"L'option {option} " + ("n'attend pas de valeur." if "does not take" in message else "attend une valeur.")
    elif name == "MissingParameter" and param is not None:
        what, expected = f"Il manque « {param.name} ».", getattr(param, "help", "") or ""
    elif name == "BadParameter" and param is not None:
        shown = next((o for o in param.opts if o.startswith("--")), param.name)
        what = f"Valeur impossible pour {shown}."
        limits = param._get_number_range_help_str() or ""
        expected = " ".join(filter(None, [str(_type(param, ctx)).strip("<>"), limits.replace("x", shown.lstrip("-"))]))
    elif "No such command" in message and ctx is not None:
        asked = next(iter(ctx._protected_args + ctx.args), "") if hasattr(ctx, "_protected_args") else ""
        asked = asked or message.split("'")[1]
        close = get_close_matches(asked, ctx.command.commands)
        what = f"Commande inconnue : « {asked} »."
        expected = "l'une de : " + ", ".join(close or ctx.command.commands)
    elif "unexpected extra argument" in message:
        what = "Il y a un argument de trop : " + message[message.rfind("(") + 1 : -1] + "."
        expected = "une valeur par argument, entre guillemets si elle a des espaces"
    else:
        what = message
    return UsageError(what, expected=expected, todo=f"{path} --help")
