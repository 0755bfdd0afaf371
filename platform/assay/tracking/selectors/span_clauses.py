"""What searches ask of spans: all such clauses of a search of one and the same span.

Spans are kept as texts of JSON; those of the trace at hand are read while it is looked at.
"""

from collections.abc import Sequence

from django.db.models import Exists, F, Func, JSONField, OuterRef, Q, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Replace

from assay.tracking.domain.search.clauses import Comparison, Kind
from assay.tracking.models import TraceSpan
from assay.tracking.selectors.filters import compare

SPAN_TYPE = "mlflow.spanType"
OWN = "attributes."

# PostgreSQL's JSON holds no NUL.
_SPAN = Cast(Replace(F("content"), Value("\\u0000"), Value("\\ufffd"), output_field=TextField()), JSONField())


class _Text(Func):
    """The text of what a path leads to first; NULL where it leads nowhere. Path and variables are parameters, never SQL."""

    template = "(jsonb_path_query_first(%(expressions)s) #>> '{}')"
    output_field = TextField()


class _JsonPath(Func):
    template = "%(expressions)s::jsonpath"
    output_field = TextField()


def match_spans(clauses: Sequence[Comparison]) -> Q:
    """That a span satisfies every clause about spans; any trace where there is none."""
    asked = [clause for clause in clauses if clause.identifier.kind is Kind.SPAN]
    if not asked:
        return Q()
    spans = TraceSpan.objects.filter(trace_id=OuterRef("pk"))
    for clause in asked:
        spans = spans.filter(compare(_value_of(clause.identifier.key), clause.operator, clause.value))
    return Q(Exists(spans))


def _value_of(key: str) -> Combinable:
    if key == "content":
        return Cast(_SPAN, TextField())
    if key == "status":
        code = Coalesce(_read("$.status.code"), Value("UNSET"), output_field=TextField())
        return Replace(code, Value("STATUS_CODE_"), Value(""), output_field=TextField())
    if key == "name":
        return _read("$.name")
    own = SPAN_TYPE if key == "type" else key.removeprefix(OWN)
    found = _read("$.attributes[*] ? (@.key == $key).value.*", key=own)
    return Func(found, Value('"'), function="btrim", output_field=TextField())  # tracing clients write texts as JSON


def _read(path: str, **variables: str) -> Combinable:
    return _Text(_SPAN, _JsonPath(Value(path)), Value(variables, output_field=JSONField()))
