"""What the address of a page about costs asks for."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from assay.accounts.domain.organizations import OrganizationView
from assay.core.errors import Invalid
from assay.core.intervals import Interval
from assay.costs.domain.dimensions import TIMES, Dimension, Group, find_group, name_group, read_group
from assay.costs.domain.filters import Condition, both, parse_filter
from assay.costs.domain.questions import MOST_ROWS, CostQuestion, Granularity, RowOrder, read_step
from assay.portal.domain.exploration import DRAWN, NEXT, TOPS, Filter, combine, read_filters
from assay.portal.domain.tables import Sort
from assay.portal.views.costs.pickers import Pickers, read_pickers

PLACE = ("page", "cursor", "sort", "step")
"""Parts of an address that lose their meaning when the question changes."""
DAYS_BY_MONTH = 120
"""From so many days on the chart begins by month."""


@dataclass(frozen=True, slots=True)
class CostPage:
    """filters: of the chips; where: the expression beside them; zone: for hours."""

    pickers: Pickers
    group_by: tuple[Group, ...]
    granularity: Granularity
    filters: tuple[Filter, ...]
    where: str
    top: int
    zone: ZoneInfo
    query: QueryDict

    @property
    def condition(self) -> Condition | None:
        return both(combine(self.filters), parse_filter(self.where))

    @property
    def in_time(self) -> bool:
        """Whether groups are days or months, which do not come again."""
        return any(group in TIMES for group in self.group_by)

    def ask(self, sort: Sort | None) -> CostQuestion:
        """The groups and the steps of the explorer."""
        orders = {"amount": RowOrder.AMOUNT, "before": RowOrder.BEFORE, "change": RowOrder.CHANGE}
        return CostQuestion(
            self.pickers.span.interval,
            self.pickers.basis,
            self.pickers.credits,
            self.group_by,
            self.granularity,
            self.condition,
            top=self.top,
            drawn=0 if self.in_time else DRAWN,
            before=self.pickers.span.previous.interval,
            order=RowOrder.AMOUNT if sort is None else orders[sort.key],
            ascending=sort is not None and not sort.descending,
        )

    def ask_all(self, sort: Sort | None, *, series: bool) -> CostQuestion:
        """Every group; with its steps where asked for."""
        question = replace(self.ask(sort), top=MOST_ROWS, drawn=None)
        return question if series else replace(question, granularity=None)

    def ask_charges(self, interval: Interval | None = None) -> CostQuestion:
        """Charges alone. interval: instead of that of the pickers."""
        asked = self.pickers.span.interval if interval is None else interval
        return CostQuestion(asked, self.pickers.basis, self.pickers.credits, filter=self.condition)

    def without(self, gone: Filter) -> str:
        query = self._fresh()
        query.setlist("filter", [token for token in query.getlist("filter") if token != gone.token])
        return f"?{query.urlencode()}"

    def deeper(self, key: tuple[str | None, ...]) -> str:
        """A resource leads to its runs, another group to its parts; empty where there is nothing below."""
        first = self.group_by[0]
        if first is Dimension.RESOURCE and key[0]:
            span = {name: self.query[name] for name in ("range", "from", "to", "month") if name in self.query}
            return f"{reverse('resource')}?{urlencode({'id': key[0], **span})}"
        following = NEXT.get(first, Dimension.SERVICE) if isinstance(first, Dimension) else Dimension.SERVICE
        if following in (first, *self.group_by) or any(one.group == following for one in self.filters):
            following = Dimension.RESOURCE
        if following in self.group_by[1:]:
            return ""
        query = self._narrow(key[:1])
        query["group_by"] = name_group(following)
        return f"?{query.urlencode()}"

    def charges(self, key: tuple[str | None, ...]) -> str:
        """The charges of a group."""
        return f"{reverse('charges')}?{self._narrow(key).urlencode()}"

    def _narrow(self, key: tuple[str | None, ...]) -> QueryDict:
        query = self._fresh()
        tokens = [Filter(group, value).token for group, value in zip(self.group_by, key, strict=False)]
        query.setlist("filter", list(dict.fromkeys([*query.getlist("filter"), *tokens])))
        return query

    def _fresh(self) -> QueryDict:
        query = self.query.copy()
        for name in PLACE:
            query.pop(name, None)
        return query


def read_cost_page(request: HttpRequest, organization: OrganizationView) -> CostPage:
    """raises: Invalid."""
    pickers = read_pickers(request, organization)
    top = request.GET.get("top", "")
    return CostPage(
        pickers,
        _read_groups(request.GET),
        _read_granularity(request.GET.get("granularity", ""), pickers.span.days),
        read_filters(request.GET.getlist("filter")),
        request.GET.get("where", "").strip(),
        int(top) if top.isdigit() and int(top) in TOPS else TOPS[0],
        ZoneInfo(organization.timezone),
        request.GET,
    )


def read_step_of(request: HttpRequest, page: CostPage) -> Interval | None:
    """The step that the address narrows its days to, if any. raises: Invalid."""
    step = request.GET.get("step", "")
    if not step:
        return None
    try:
        found = read_step(step, page.granularity)
    except ValueError as error:
        raise Invalid(f"{step!r} is no {page.granularity} of the bill: open the chart again.", step=step) from error
    overlap = found.overlap(page.pickers.span.interval)
    return Interval(found.start, found.start) if overlap is None else overlap


def _read_groups(query: QueryDict) -> tuple[Group, ...]:
    """`group_by` and `then_by`: an unknown dimension counts as service; a tag or a column by its name."""
    asked = query.get("group_by", "") or Dimension.SERVICE.value
    first = read_group(asked) if "." in asked or find_group(asked) is not None else Dimension.SERVICE
    then = query.get("then_by", "")
    second = read_group(then) if then else None
    return (first,) if second is None or second == first else (first, second)


def _read_granularity(text: str, days: int) -> Granularity:
    if text in set(Granularity):
        return Granularity(text)
    return Granularity.DAY if days <= DAYS_BY_MONTH else Granularity.MONTH
