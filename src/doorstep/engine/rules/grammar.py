"""The grammar: that of SQL expressions, read by sqlglot's parser cut down to what the language knows.

sqlglot only reads. No function of its own is known here, so that none can change a rule's meaning, and nearly
every SQL keyword is an ordinary name, so that questions may be called ``order`` or ``end``.
"""

from __future__ import annotations

from typing import Any, ClassVar, cast

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ParseError, SqlglotError
from sqlglot.parser import Parser as SqlParser
from sqlglot.tokenizer_core import TokenType
from sqlglot.tokens import Tokenizer as SqlTokenizer

_KEYWORDS = (
    *("AND", "OR", "NOT", "IN", "BETWEEN", "CASE", "WHEN", "THEN", "ELSE", "END", "WHERE", "TRUE", "FALSE", "NULL"),
    *("IS", "LIKE"),
    *("<>", "!=", "<=", ">=", "==", "||"),
)


class Malformed(Exception):
    """The text is no expression. ``detail`` quotes where reading stopped."""

    def __init__(self, detail: str):
        self.detail = detail
        super().__init__(detail)


class RulesDialect(Dialect):
    """SQL expressions with every function unknown, and ``where`` allowed inside a function's brackets."""

    class Tokenizer(SqlTokenizer):
        KEYWORDS: ClassVar[dict[str, Any]] = {word: SqlTokenizer.KEYWORDS[word] for word in _KEYWORDS}
        COMMENTS: ClassVar[list[Any]] = []

    class Parser(SqlParser):
        FUNCTIONS: ClassVar[dict[str, Any]] = {}
        FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {}
        NO_PAREN_FUNCTIONS: ClassVar[dict[Any, Any]] = {}
        NO_PAREN_FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {"CASE": SqlParser.NO_PAREN_FUNCTION_PARSERS["CASE"]}
        SUBQUERY_PREDICATES: ClassVar[dict[Any, Any]] = {}

        def _parse_lambda(self, alias: bool = False) -> exp.Expr | None:  # noqa: ARG002 the parser's own signature
            return self._with_where(self._parse_disjunction())

        def _with_where(self, this: exp.Expr | None) -> exp.Expr | None:
            if this is None or not self._match(TokenType.WHERE):
                return this
            return exp.Filter(this=this, expression=exp.Where(this=self._parse_disjunction()))

        def _parse_statement(self) -> exp.Expr | None:
            return self._with_where(self._parse_disjunction())


_DIALECT = RulesDialect()


def parse(text: str) -> exp.Expression:
    """The raw tree of one expression. Raises Malformed."""
    try:
        trees = _DIALECT.parse(text)
    except SqlglotError as error:
        first = error.errors[0] if isinstance(error, ParseError) and error.errors else {}
        raise Malformed(_stopped_at(first) or str(error).splitlines()[0]) from None
    except RecursionError:
        raise Malformed("…") from None
    if len(trees) != 1 or trees[0] is None:
        raise Malformed(text.strip() or "…")
    return cast(exp.Expression, trees[0])


def names_in(text: str) -> set[str]:
    """The single words ``text`` names; none when it cannot be read."""
    try:
        return {column.name for column in parse(text).find_all(exp.Column) if not column.table}
    except Malformed:
        return set()


def _stopped_at(error: dict[str, Any]) -> str:
    near = f"{error.get('start_context') or ''}{error.get('highlight') or ''}{error.get('end_context') or ''}".strip()
    return near[-60:] if not error.get("highlight") else f"{error['highlight']} … {near}"[:80]
