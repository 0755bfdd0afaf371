"""Money as people read it: grouped when large, with significant digits when small."""

from decimal import ROUND_HALF_EVEN, Decimal

SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "BRL": "R$", "KRW": "₩"}
WITHOUT_CENTS = frozenset({"JPY", "KRW", "CLP", "VND"})
MINUS = "\N{MINUS SIGN}"
WHOLE_FROM = Decimal(100_000)
"""From here on cents are noise."""
TELLING_FACTOR = 10
"""A change by this factor or more says nothing as percent."""
SMALLEST_SHOWN = Decimal("0.000001")


def format_amount(amount: Decimal, currency: str) -> str:
    """`$12.43`, `$0.0042`, `$1,204,311`, `\N{MINUS SIGN}$3.10`, `CHF 5.00`; rounding is half-even and only for display."""
    sign = MINUS if amount < 0 else ""
    if 0 < abs(amount) < SMALLEST_SHOWN:
        return f"{sign}<{_prefix(currency)}{SMALLEST_SHOWN:f}"
    return f"{sign}{_prefix(currency)}{_digits(abs(amount), currency)}"


def format_exact(amount: Decimal, currency: str) -> str:
    """Every stored digit, for hover texts and exports: `12.4312345 USD`."""
    plain = f"{amount:f}"
    return f"{plain.rstrip('0').rstrip('.') if '.' in plain else plain} {currency}"


def format_change(before: Decimal, after: Decimal, currency: str) -> str:
    """Sign, amount and percent: `+$3.10 (+12 %)`; percent is left out where there was next to nothing before."""
    change = after - before
    sign = "+" if change > 0 else MINUS if change < 0 else "±"
    text = f"{sign}{_prefix(currency)}{_digits(abs(change), currency)}"
    if before <= 0 or abs(change) >= before * TELLING_FACTOR:
        return text
    percent = format_ratio(abs(change), before)
    return f"{text} ({sign}{percent})"


def format_ratio(part: Decimal, whole: Decimal) -> str:
    """Share as percent: `37 %`, `1,240 %`; under one percent with a digit more, `0.4 %`, and `<0.1 %` below that."""
    if not whole:
        return "–"
    percent = part / whole * 100
    if 0 < percent < Decimal("0.1"):
        return "<0.1 %"
    step = Decimal("0.1") if 0 < abs(percent) < 1 else Decimal(1)
    return f"{percent.quantize(step, ROUND_HALF_EVEN):,} %"


def _prefix(currency: str) -> str:
    return SYMBOLS.get(currency, f"{currency} ")


def _digits(amount: Decimal, currency: str) -> str:
    if amount >= WHOLE_FROM or currency in WITHOUT_CENTS:
        return f"{amount.quantize(Decimal(1), ROUND_HALF_EVEN):,}"
    if amount == 0 or amount >= Decimal("0.1"):
        return f"{amount.quantize(Decimal('0.01'), ROUND_HALF_EVEN):,}"
    two_significant = Decimal(1).scaleb(amount.adjusted() - 1)
    return f"{amount.quantize(min(two_significant, Decimal('0.01')), ROUND_HALF_EVEN):f}"
