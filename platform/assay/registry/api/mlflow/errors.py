"""How the registry's errors are said in the protocol."""

from assay.registry.domain.errors import AliasNotFound, ModelNotFound, NameTaken, VersionNotFound, WebhookNotFound

CODES = ((NameTaken, "RESOURCE_ALREADY_EXISTS"), (AliasNotFound, "INVALID_PARAMETER_VALUE"))
SENTENCES = (
    (ModelNotFound, "Registered Model with name={name} not found"),
    (VersionNotFound, "Model Version (name={name}, version={version}) not found"),
    (AliasNotFound, "Registered model alias {alias} not found."),
    (WebhookNotFound, "Webhook with ID {webhook_id} not found."),
)
