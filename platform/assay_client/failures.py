"""What went wrong, as one sentence for the person at the terminal."""


class ClientFailed(Exception):
    """message: what happened, where, and what to do about it."""


class ServerRefused(ClientFailed):
    """The server answered with an error.

    status: HTTP status. code: the server's own code, e.g. `not_found`; empty when the answer was not Assay's.
    """

    def __init__(self, message: str, *, status: int, code: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code
