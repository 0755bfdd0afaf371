"""Reads searches and their order.

    search     = [clause {AND clause}]
    clause     = identifier comparator value | identifier IS [NOT] NULL | identifier [NOT] IN (text {, text} [,])
    identifier = prefix "." key | attribute      (odd keys in backticks or double quotes)

No OR, no parentheses around clauses, no NOT before one. Words may be in any case.
"""

from collections.abc import Sequence

from assay.tracking.domain.errors import FilterRefused, SearchNotOffered
from assay.tracking.domain.search.clauses import Comparison, Identifier, Kind, Operator, OrderTerm, Value
from assay.tracking.domain.search.lexer import Sort, Token, read_tokens, unquote
from assay.tracking.domain.search.vocabularies import Vocabulary

_SYMBOLS = {operator.value for operator in Operator}


def parse_search(text: str, vocabulary: Vocabulary) -> tuple[Comparison, ...]:
    """The clauses of a search, in order; none for an empty one. raises: FilterRefused naming clause and place."""
    if not text.strip():
        return ()
    reader = _Reader(text, vocabulary)
    clauses = [reader.read_clause()]
    while not reader.at_end:
        reader.expect_word("AND")
        clauses.append(reader.read_clause())
    return tuple(clauses)


def parse_order(terms: Sequence[str], vocabulary: Vocabulary) -> tuple[OrderTerm, ...]:
    """Each term is `identifier [ASC|DESC]`. raises: FilterRefused, also for an identifier that stands twice."""
    order = tuple(_Reader(term, vocabulary).read_order_term() for term in terms)
    identifiers = [term.identifier for term in order]
    for identifier in identifiers:
        if identifiers.count(identifier) > 1:
            raise FilterRefused(f"order_by names {identifier} more than once.", identifier=str(identifier))
    return order


class _Reader:
    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self.text, self.vocabulary = text, vocabulary
        self.tokens = list(read_tokens(text))
        self.place = 0

    @property
    def at_end(self) -> bool:
        return self.tokens[self.place].sort is Sort.END

    def take(self) -> Token:
        token = self.tokens[self.place]
        self.place = min(self.place + 1, len(self.tokens) - 1)
        return token

    def refuse(self, token: Token, wanted: str) -> FilterRefused:
        found = repr(token.raw) if token.raw else "the end"
        return FilterRefused(
            f"Invalid clause in {self.text!r}: expected {wanted} at position {token.at}, found {found}.", position=token.at
        )

    def expect_word(self, word: str) -> None:
        token = self.take()
        if not token.is_word(word):
            raise self.refuse(token, word)

    def read_clause(self) -> Comparison:
        identifier = self.read_identifier()
        at = self.tokens[self.place]
        operator = self.read_operator()
        allowed = self.vocabulary.operators(identifier)
        if operator not in allowed:
            raise self.refuse(at, f"one of {', '.join(sorted(allowed))} for {identifier}")
        return Comparison(identifier, operator, self.read_value(identifier, operator))

    def read_identifier(self) -> Identifier:
        token = self.take()
        if token.sort is Sort.QUOTED and not token.raw.startswith("'"):
            return self.name_attribute(token.text, token)
        if token.sort is not Sort.IDENTIFIER:
            raise self.refuse(token, f"a name such as {', '.join(self._examples())}")
        prefix, point, key = token.text.partition(".")
        if prefix.lower() in self.vocabulary.not_offered:
            raise SearchNotOffered(self.vocabulary.not_offered[prefix.lower()])
        if not point:
            return self.name_attribute(prefix, token)
        kind = self.vocabulary.prefixes.get(prefix.lower())
        if kind is None:
            raise self.refuse(token, f"one of {', '.join(self.vocabulary.prefixes)} before the point")
        key = unquote(key) if key[0] in '`"' else key
        if kind is Kind.ATTRIBUTE:
            return self.name_attribute(key, token)
        if kind is Kind.DATASET and key not in self.vocabulary.dataset_attributes:
            raise self.refuse(token, f"one of {', '.join(sorted(self.vocabulary.dataset_attributes))} of a dataset")
        return self.name_span_attribute(key, token) if kind is Kind.SPAN else Identifier(kind, key)

    def name_span_attribute(self, key: str, token: Token) -> Identifier:
        first, point, own = key.partition(".")
        if first == "attributes" and own and "\x00" not in own:
            own = unquote(own) if own[0] in '`"' else own
            return Identifier(Kind.SPAN, f"attributes.{own}")
        if point or first not in self.vocabulary.span_attributes:
            names = ", ".join([*sorted(self.vocabulary.span_attributes), "attributes.<key>"])
            raise self.refuse(token, f"one of {names} of a span")
        return Identifier(Kind.SPAN, key)

    def name_attribute(self, name: str, token: Token) -> Identifier:
        if name in self.vocabulary.elsewhere:
            return self.vocabulary.elsewhere[name]
        name = self.vocabulary.aliases.get(name, name)
        if name not in self.vocabulary.attributes:
            raise self.refuse(token, f"an attribute of {self.vocabulary.subject} ({', '.join(self.vocabulary.attributes)})")
        return Identifier(Kind.ATTRIBUTE, name)

    def read_operator(self) -> Operator:
        token = self.take()
        if token.sort is Sort.SYMBOL and token.text in _SYMBOLS:
            return Operator(token.text)
        if token.is_word("LIKE", "ILIKE", "IN"):
            return Operator(token.text.upper())
        if token.is_word("NOT"):
            self.expect_word("IN")
            return Operator.NOT_IN
        if token.is_word("IS"):
            negated = self.tokens[self.place].is_word("NOT")
            self.place += negated
            self.expect_word("NULL")
            return Operator.IS_NOT_NULL if negated else Operator.IS_NULL
        raise self.refuse(token, "a comparison")

    def read_value(self, identifier: Identifier, operator: Operator) -> Value:
        if operator in (Operator.IS_NULL, Operator.IS_NOT_NULL):
            return None
        if operator in (Operator.IN, Operator.NOT_IN):
            return self.read_texts()
        token = self.take()
        if not self.vocabulary.holds_numbers(identifier):
            return self.as_text(token)
        if token.sort is not Sort.NUMBER:
            raise self.refuse(token, f"a number without quotes for {identifier}")
        return float(token.text)

    def read_texts(self) -> tuple[str, ...]:
        self.expect_symbol("(")
        texts = [self.as_text(self.take())]
        while self.tokens[self.place].text == "," and self.tokens[self.place].sort is Sort.SYMBOL:
            self.take()
            if self.tokens[self.place].text != ")":  # a list of one, as Python writes its tuples
                texts.append(self.as_text(self.take()))
        self.expect_symbol(")")
        return tuple(texts)

    def as_text(self, token: Token) -> str:
        if token.sort is not Sort.QUOTED or token.raw.startswith("`"):
            raise self.refuse(token, "a text in quotes")
        if "\x00" in token.text:
            raise self.refuse(token, "a text without the character NUL")
        return token.text

    def expect_symbol(self, symbol: str) -> None:
        token = self.take()
        if token.sort is not Sort.SYMBOL or token.text != symbol:
            raise self.refuse(token, symbol)

    def read_order_term(self) -> OrderTerm:
        identifier = self.read_identifier()
        if identifier.kind in (Kind.DATASET, Kind.SPAN):
            raise FilterRefused(f"Results cannot be ordered by {identifier}.", identifier=str(identifier))
        direction = self.take()
        if direction.sort is not Sort.END and not direction.is_word("ASC", "DESC"):
            raise self.refuse(direction, "ASC or DESC")
        if not self.at_end:
            raise self.refuse(self.take(), "the end")
        return OrderTerm(identifier, descending=direction.is_word("DESC"))

    def _examples(self) -> list[str]:
        kinds = [f"{kind}.<key>" for kind in dict.fromkeys(self.vocabulary.prefixes.values()) if kind is not Kind.ATTRIBUTE]
        return [*kinds, *self.vocabulary.attributes]
