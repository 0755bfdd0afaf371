"""`manage.py create_organization`: an organization, its owner, and an API token; nothing that exists already is touched."""

import secrets
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assay.accounts.services.founding import found_organization
from assay.core.errors import AssayError
from assay.core.home import write_secret


class Command(BaseCommand):
    help = "Make an organization with its owner. Safe to run again: what exists is left as it is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", required=True, help="shown to people")
        parser.add_argument("--slug", required=True, help="lower-case letters, digits and hyphens; one of a kind")
        parser.add_argument("--currency", default="USD", help="of the bill, ISO 4217 (default: USD)")
        parser.add_argument("--timezone", default="UTC", help="IANA name (default: UTC)")
        parser.add_argument("--owner-email", required=True)
        parser.add_argument(
            "--password-file", type=Path, required=True, help="gets the generated password of a new owner, mode 0600"
        )
        parser.add_argument(
            "--token-file", type=Path, required=True, help="gets an API token of the owner when it is missing, mode 0600"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = found_organization(
                options["name"],
                slug=options["slug"],
                currency=options["currency"],
                timezone=options["timezone"],
                owner_email=options["owner_email"],
                password=secrets.token_urlsafe(18),
                keep_password=lambda password: write_secret(options["password_file"], f"{password}\n"),
                keep_token=None
                if options["token_file"].exists()
                else lambda token: write_secret(options["token_file"], f"{token}\n"),
            )
        except AssayError as error:
            raise CommandError(error.message) from error
        except OSError as error:
            raise CommandError(f"{error.filename} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"organization {done.slug} is ready")
