"""Comparisons that SQL has and Django's lookups have not."""

from typing import TYPE_CHECKING, Any

from django.db.models import Lookup
from django.db.models.sql.compiler import SQLCompiler

if TYPE_CHECKING:
    Base = Lookup[Any]
else:
    Base = Lookup


class _Infix(Base):
    prepare_rhs = False
    template = ""

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return self.template.format(left, right), (*left_params, *right_params)


class Unequal(_Infix):
    lookup_name = "unequal"
    template = "{} <> {}"


class Like(_Infix):
    """`%` and `_` are wildcards; a backslash is only a backslash."""

    lookup_name = "like"
    template = "{} LIKE {} ESCAPE ''"


class ILike(_Infix):
    lookup_name = "ilike"
    template = "{} ILIKE {} ESCAPE ''"
