"""Money."""

from ninja import Schema


class AmountOut(Schema):
    amount: str
    currency: str
