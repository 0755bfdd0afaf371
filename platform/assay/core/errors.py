"""What can go wrong, told in one sentence that says what, where and what to do."""

from typing import ClassVar


class AssayError(Exception):
    """Base of every error that a caller may see.

    message: one sentence for people. details: plain values (ids, field names) for programs.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class Invalid(AssayError):
    code = "invalid"
    status = 400


class Unauthenticated(AssayError):
    code = "unauthenticated"
    status = 401


class Forbidden(AssayError):
    code = "forbidden"
    status = 403


class NotFound(AssayError):
    code = "not_found"
    status = 404


class Conflict(AssayError):
    code = "conflict"
    status = 409


class LimitReached(AssayError):
    code = "limit_reached"
    status = 429


class Unavailable(AssayError):
    """Something this depends on does not answer now; the only error worth a retry."""

    code = "unavailable"
    status = 503

    def __init__(self, message: str, *, retry_after_seconds: int = 5, **details: object) -> None:
        super().__init__(message, **details)
        self.retry_after_seconds = retry_after_seconds
