"""A run's console as a page shows it: colours of the terminal as classes, every other escape left out."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from assay.tracking.domain.content import ConsoleChunk, ConsoleStream

ESCAPES = re.compile(
    r"\x1b\[(?P<style>[0-9;:]*)m"  # colours and weights
    r"|\x1b\[[0-?]*[ -/]*[@-~]"  # cursor movements and the like
    r"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?"  # titles, links
    r"|\x1b[@-_]?"
    r"|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
)
OVERWRITTEN = re.compile(r"[^\n]*\r(?!\n)(?=[^\n])")
BASIC = range(8)


@dataclass(frozen=True, slots=True)
class Span:
    """Text of one look. classes: of the style sheet, separated by spaces; may be empty."""

    text: str
    classes: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """Output of one stream without interruption. overwrites: it begins by writing over the line before it, as progress bars do.

    follows_gap: what came before it was dropped.
    """

    stream: ConsoleStream
    spans: tuple[Span, ...]
    overwrites: bool = False
    follows_gap: bool = False


@dataclass(slots=True)
class _Look:
    foreground: str = ""
    background: str = ""
    weights: set[str] = field(default_factory=set)

    @property
    def classes(self) -> str:
        return " ".join(filter(None, [self.foreground, self.background, *sorted(self.weights)]))

    def reset(self) -> None:
        self.foreground = self.background = ""
        self.weights = set()

    def apply(self, codes: Sequence[int]) -> None:
        place = 0
        while place < len(codes):
            code = codes[place]
            if code in (38, 48):
                place += 3 if codes[place + 1 : place + 2] == [5] else 5
                continue
            self._apply_one(code)
            place += 1

    def _apply_one(self, code: int) -> None:
        if code == 0:
            self.reset()
        elif code in (1, 2, 3, 4):
            self.weights.add(f"ansi-w{code}")
        elif code in (22, 23, 24):
            self.weights -= {"ansi-w1", "ansi-w2"} if code == 22 else {f"ansi-w{code - 20}"}
        elif code in (39, 49):
            self.foreground, self.background = ("", self.background) if code == 39 else (self.foreground, "")
        elif code - 30 in BASIC or code - 90 in BASIC:
            self.foreground = f"ansi-f{code % 10}"
        elif code - 40 in BASIC or code - 100 in BASIC:
            self.background = f"ansi-b{code % 10}"


def render_console(chunks: Iterable[ConsoleChunk]) -> list[Passage]:
    """Chunks in the order they came; neighbours of one stream are one passage, so that a line cut in two is whole again."""
    passages = []
    for stream, text, gap in _joined(chunks):
        overwrites = text.startswith("\r") and not text.startswith("\r\n")
        passages.append(Passage(stream, tuple(split_spans(text)), overwrites, gap))
    return passages


def split_spans(text: str) -> Iterator[Span]:
    """Lines that were written over are left out, but for what stood there last."""
    look, start = _Look(), 0
    text = OVERWRITTEN.sub("", text).replace("\r", "")
    for found in ESCAPES.finditer(text):
        if found.start() > start:
            yield Span(text[start : found.start()], look.classes)
        start = found.end()
        if found["style"] is not None:
            look.apply([int(code) if code else 0 for code in re.split("[;:]", found["style"])][:64])
    if start < len(text):
        yield Span(text[start:], look.classes)


def strip_escapes(text: str) -> str:
    """For a file: every character that was printed, progress bars on lines of their own."""
    return ESCAPES.sub("", re.sub(r"\r(?!\n)", "\n", text)).replace("\r", "")


def _joined(chunks: Iterable[ConsoleChunk]) -> Iterator[tuple[ConsoleStream, str, bool]]:
    stream, texts, gap = None, list[str](), False
    for chunk in chunks:
        if chunk.stream is not stream or chunk.follows_gap:
            if stream is not None:
                yield stream, "".join(texts), gap
            stream, texts, gap = chunk.stream, [], chunk.follows_gap
        texts.append(chunk.text)
    if stream is not None:
        yield stream, "".join(texts), gap
