"""Findings as JSON, and back: money as exact text with its currency."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from assay.core.money import Money
from assay.recommendations.domain.found import Choice, Effort, Evidence, Found, PriceSource, Remedy, Risk, Saving

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Explanation:
    """The part of a finding that is read and not counted."""

    reason: str
    evidence: tuple[Evidence, ...]
    choices: tuple[Choice, ...]
    remedy: Remedy


def write_document(found: Found) -> dict[str, Any]:
    return {
        "reason": found.reason,
        "evidence": [asdict(one) for one in found.evidence],
        "choices": [_write_choice(one) for one in found.choices],
        "remedy": asdict(found.remedy),
    }


def read_document(document: Document) -> Explanation:
    return Explanation(
        document["reason"],
        tuple(Evidence(**one) for one in document["evidence"]),
        tuple(_read_choice(one) for one in document["choices"]),
        Remedy(**document["remedy"]),
    )


def write_saving(saving: Saving) -> dict[str, Any]:
    return {name: _write_money(getattr(saving, name)) for name in ("least", "expected", "most", "before_commitments")} | {
        "source": str(saving.source)
    }


def _read_saving(document: Document) -> Saving:
    least, expected, most, before = (
        _read_money(document[name]) for name in ("least", "expected", "most", "before_commitments")
    )
    return Saving(least, expected, most, before, PriceSource(document["source"]))


def _write_choice(choice: Choice) -> dict[str, Any]:
    return {
        "target": choice.target,
        "saving": write_saving(choice.saving),
        "risk": int(choice.risk),
        "effort": str(choice.effort),
        "differences": list(choice.differences),
        "projected": dict(choice.projected),
    }


def _read_choice(document: Document) -> Choice:
    return Choice(
        document["target"],
        _read_saving(document["saving"]),
        Risk(document["risk"]),
        Effort(document["effort"]),
        tuple(document["differences"]),
        document["projected"],
    )


def _write_money(money: Money) -> dict[str, str]:
    return {"amount": f"{money.amount:f}", "currency": money.currency}


def _read_money(document: Document) -> Money:
    return Money(Decimal(document["amount"]), document["currency"])
