"""Roles that Assay assumes."""

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from assay.core.errors import Conflict, Unavailable
from assay.core.s3 import SessionKeys, make_client

SESSION_NAME = "assay"
SESSION_SECONDS = 3_600


def assume_role(
    role_arn: str, *, external_id: str, region: str, endpoint_url: str, by: SessionKeys | None = None
) -> SessionKeys:
    """by: who assumes it; None for Assay itself. raises: Conflict when AWS refuses the role to Assay; Unavailable when it does not answer."""
    try:
        given = make_client("sts", endpoint_url=endpoint_url, region=region, keys=by).assume_role(
            RoleArn=role_arn, RoleSessionName=SESSION_NAME, ExternalId=external_id, DurationSeconds=SESSION_SECONDS
        )["Credentials"]
    except ClientError as error:
        said = error.response.get("Error", {})
        raise Conflict(
            f"AWS refused sts:AssumeRole of {role_arn} with {said.get('Code', 'an error')}: {said.get('Message', '')} "
            "Check that the role trusts Assay's principal and names this external id."
        ) from error
    except (BotoCoreError, ResponseParserError) as error:
        raise Unavailable(f"AWS did not answer sts:AssumeRole: {error}") from error
    return SessionKeys(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
