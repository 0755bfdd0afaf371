"""Payloads that a webhook is tried out with."""

from assay.registry.domain.webhooks import Event, Payload

_MODEL = {"name": "example_model"}
_VERSION = {**_MODEL, "version": "1"}
_PROMPT = {"name": "example_prompt"}
_PROMPT_VERSION = {**_PROMPT, "version": "1"}
_TAG = {"key": "example_key", "value": "example_value"}
_TAGS = {"tags": {"example_key": "example_value"}}

EXAMPLES: dict[Event, Payload] = {
    Event.MODEL_CREATED: {**_MODEL, **_TAGS, "description": "An example registered model"},
    Event.VERSION_CREATED: {
        **_VERSION,
        "source": "models:/123",
        "run_id": "abcd1234abcd5678",
        **_TAGS,
        "description": "An example model version",
    },
    Event.VERSION_TAG_SET: {**_VERSION, **_TAG},
    Event.VERSION_TAG_DELETED: {**_VERSION, "key": "example_key"},
    Event.ALIAS_CREATED: {**_MODEL, "alias": "example_alias", "version": "1"},
    Event.ALIAS_DELETED: {**_MODEL, "alias": "example_alias"},
    Event.PROMPT_CREATED: {**_PROMPT, **_TAGS, "description": "An example prompt"},
    Event.PROMPT_VERSION_CREATED: {
        **_PROMPT_VERSION,
        "template": "Hello {{name}}!",
        **_TAGS,
        "description": "An example prompt version",
    },
    Event.PROMPT_TAG_SET: {**_PROMPT, **_TAG},
    Event.PROMPT_TAG_DELETED: {**_PROMPT, "key": "example_key"},
    Event.PROMPT_VERSION_TAG_SET: {**_PROMPT_VERSION, **_TAG},
    Event.PROMPT_VERSION_TAG_DELETED: {**_PROMPT_VERSION, "key": "example_key"},
    Event.PROMPT_ALIAS_CREATED: {**_PROMPT, "alias": "example_alias", "version": "1"},
    Event.PROMPT_ALIAS_DELETED: {**_PROMPT, "alias": "example_alias"},
    Event.FINDING_CREATED: {
        "id": "01a200f6-2b1e-7c63-9c1a-5d1c7a1c2b3d",
        "check": "unattached_volumes",
        "finding": "100 GiB of gp3 have been attached to nothing for 30 days.",
        "resource": "vol-0123456789abcdef0",
        "account_id": "111122223333",
        "region": "us-east-1",
        "saving_a_month": {"amount": "8.00", "currency": "USD"},
        "price_source": "the bill",
    },
}
