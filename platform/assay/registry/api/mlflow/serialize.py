"""Values of the registry into the protocol's objects. What is unset or empty is left out."""

from assay.registry.domain.values import ModelVersionView, RegisteredModelView
from assay.registry.domain.webhooks import Answer, WebhookView
from assay.tracking.api.mlflow.serialize import Json, write_filled, write_model_id, write_model_metric, write_pairs
from assay.tracking.api.mlflow.words import to_wire_uri
from assay.tracking.domain.instants import milliseconds_of
from assay.tracking.domain.values import LoggedModelView


def write_registered_model(model: RegisteredModelView) -> Json:
    return write_filled(
        name=model.name,
        creation_timestamp=milliseconds_of(model.created_at),
        last_updated_timestamp=milliseconds_of(model.updated_at),
        user_id=model.registered_by,
        description=model.description,
        latest_versions=[write_version(version) for version in model.latest_versions],
        tags=write_pairs(model.tags),
        aliases=[{"alias": alias, "version": str(number)} for alias, number in model.aliases.items()],
    )


def write_version(version: ModelVersionView, logged_model: LoggedModelView | None = None) -> Json:
    """logged_model: what was registered, so that its params and metrics are told too."""
    params = logged_model.params if logged_model else {}
    return write_filled(
        name=version.model_name,
        version=str(version.number),
        creation_timestamp=milliseconds_of(version.created_at),
        last_updated_timestamp=milliseconds_of(version.updated_at),
        user_id=version.registered_by,
        current_stage=version.stage.value,
        description=version.description,
        source=to_wire_uri(version.source),
        run_id=version.run_reference,
        status="READY",
        tags=write_pairs(version.tags),
        run_link=version.run_link,
        aliases=list(version.aliases),
        model_id=write_model_id(version.logged_model_id) if version.logged_model_id else None,
        model_params=[{"name": name, "value": value} for name, value in params.items()],
        model_metrics=[write_model_metric(metric) for metric in logged_model.metrics] if logged_model else [],
    )


def write_webhook(webhook: WebhookView) -> Json:
    """Never the secret."""
    return write_filled(
        webhook_id=str(webhook.id),
        name=webhook.name,
        description=webhook.description,
        url=webhook.url,
        events=[
            {"entity": event.entity.upper(), "action": event.action.upper()} for event in webhook.events if event.is_mlflows
        ],
        status=webhook.status.value,
        creation_timestamp=milliseconds_of(webhook.created_at),
        last_updated_timestamp=milliseconds_of(webhook.updated_at),
    )


def write_test_result(answer: Answer) -> Json:
    result = write_filled(
        response_status=answer.status,
        response_body=answer.body,
        error_message=f"Failed to test webhook: {answer.error}" if answer.error else None,
    )
    return {"success": answer.is_accepted, **result}
