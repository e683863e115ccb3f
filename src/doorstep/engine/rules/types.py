"""Which types fit where."""

from __future__ import annotations

from collections.abc import Sequence

from doorstep.engine.rules.complaints import Complaints
from doorstep.engine.rules.functions import Function
from doorstep.engine.rules.tree import BROKEN, Call, Constant, Expr, Type

_NUMBERS = ("integer", "decimal")
_COMPARED = frozenset({"=", "<>", "<", "<=", ">", ">=", "between", "in"})


def listed(nodes: Sequence[Expr]) -> str:
    """The types of ``nodes`` for a message, each once."""
    return ", ".join(dict.fromkeys(node.type for node in nodes if node.type != "unknown"))


def shared_type(nodes: Sequence[Expr]) -> Type | None:
    """The one type all nodes have, whole numbers giving way to decimals; None when they differ."""
    types = {node.type for node in nodes} - {"unknown"}
    if not types:
        return "unknown"
    if types <= set(_NUMBERS):
        return "decimal" if "decimal" in types else "integer"
    return types.pop() if len(types) == 1 else None


def converted(node: Expr, type_: Type) -> Expr:
    """A whole number as a decimal where one is wanted."""
    if type_ == "decimal" and node.type == "integer":
        return Call("to_decimal", (node,), "decimal")
    return node


def fitted(node: Expr, wants: Type, complaints: Complaints) -> Expr:
    """``node`` as ``wants``, or a problem."""
    node = converted(node, wants)
    if node.type in (wants, "unknown"):
        return node
    return complaints.add("rules.wrong_result", gives=node.type, wants=wants)


def checked_call(function: Function, args: list[Expr], complaints: Complaints) -> Expr:
    """The call, with its arguments fitted to what the function takes."""
    wanted = _wanted(function, len(args))
    if wanted is None:
        return complaints.add(
            "rules.argument_count", name=function.name, takes=", ".join(function.takes), given=len(args)
        )
    if BROKEN in args or any(a.type == "unknown" for a in args):
        return BROKEN
    free = [a for a, w in zip(args, wanted, strict=True) if w in ("any", "number")]
    shared = shared_type(free)
    if shared is None:
        return _disagreement(function, args, complaints)
    fitting: list[Expr] = []
    for place, (arg, want) in enumerate(zip(args, wanted, strict=True), start=1):
        type_ = _type_for(want, arg, shared)
        if type_ is None or converted(arg, type_).type != type_:
            return complaints.add("rules.wrong_argument", name=function.name, place=place, gives=arg.type, wants=want)
        fitting.append(converted(arg, type_))
    gives: Type = (shared if free else args[0].type) if function.gives == "same" else function.gives
    return Call(function.name, tuple(fitting), gives)


def _wanted(function: Function, count: int) -> list[str] | None:
    takes = list(function.takes)
    if takes[-1] != "…":
        return takes if len(takes) == count else None
    takes.pop()
    return takes + [takes[-1]] * (count - len(takes)) if count >= len(takes) else None


def _type_for(want: str, arg: Expr, shared: Type) -> Type | None:
    if want == "any":
        return shared if shared != "set" else None
    if want == "number":
        return shared if shared in _NUMBERS else None
    if want == "one":
        return arg.type
    return want  # type: ignore[return-value]


def _disagreement(function: Function, args: Sequence[Expr], complaints: Complaints) -> Constant:
    types = {a.type for a in args}
    if function.name in _COMPARED and "date" in types and types & set(_NUMBERS):
        return complaints.add("rules.date_with_number")
    if function.name in ("+", "-") and "date" in types:
        return complaints.add("rules.date_arithmetic")
    if function.name in _COMPARED:
        return complaints.add("rules.compares", types=listed(args))
    return complaints.add("rules.mixed_arguments", name=function.name, types=listed(args))
