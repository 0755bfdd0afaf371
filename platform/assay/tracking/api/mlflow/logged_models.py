"""logged-models*: models as training code saves them (clients from 3 on)."""

from assay.core.errors import Invalid
from assay.tracking.api.mlflow import model_bodies as bodies
from assay.tracking.api.mlflow.bodies import Nothing
from assay.tracking.api.mlflow.calls import Call, Wire, reads, writes
from assay.tracking.api.mlflow.experiments import find_experiment, find_known_ids
from assay.tracking.api.mlflow.parse import choice_of, limit_of, pairs_of, params_of, parse_model_id, parse_run_id, require
from assay.tracking.api.mlflow.serialize import write_logged_model, write_page
from assay.tracking.api.mlflow.words import translate_order, translate_search
from assay.tracking.domain.queries import DatasetKey, LoggedModelQuery
from assay.tracking.domain.search.vocabularies import LOGGED_MODELS
from assay.tracking.domain.states import ModelStatus
from assay.tracking.selectors.logged_models import (
    get_logged_model,
    get_logged_model_of_any_stage,
    list_logged_models,
)
from assay.tracking.services import logged_models

DEFAULT_LIMIT = 100
HIGHEST_LIMIT = 50_000
_STATUS = {f"LOGGED_MODEL_{status.upper()}": status for status in ModelStatus}
_NUMBERS = dict(enumerate(("LOGGED_MODEL_PENDING", "LOGGED_MODEL_READY", "LOGGED_MODEL_UPLOAD_FAILED"), start=1))


@writes(bodies.CreateLoggedModel)
def create(call: Call, body: bodies.CreateLoggedModel) -> Wire:
    model = logged_models.create_logged_model(
        call.organization_id,
        experiment_id=find_experiment(call, body.experiment_id).id,
        name=body.name or "",
        model_type=body.model_type or "",
        source_run_id=parse_run_id(body.source_run_id) if body.source_run_id else None,
        params=params_of(body.params),
        tags=pairs_of(body.tags, "tags"),
    )
    return {"model": write_logged_model(model)}


@reads(bodies.GetLoggedModel)
def get(call: Call, body: bodies.GetLoggedModel, model_id: str) -> Wire:
    find = get_logged_model_of_any_stage if body.allow_deleted else get_logged_model
    return {"model": write_logged_model(find(call.organization_id, parse_model_id(model_id)))}


@writes(bodies.FinishLoggedModel)
def finish(call: Call, body: bodies.FinishLoggedModel, model_id: str) -> Wire:
    status = _STATUS[require(choice_of(body.status, _NUMBERS, "status"), "status")]
    model = logged_models.finish_logged_model(call.organization_id, parse_model_id(model_id), status=status)
    return {"model": write_logged_model(model)}


@writes(Nothing)
def delete(call: Call, body: Nothing, model_id: str) -> Wire:
    logged_models.delete_logged_model(call.organization_id, parse_model_id(model_id))
    return {}


@writes(bodies.LoggedModelParams)
def log_params(call: Call, body: bodies.LoggedModelParams, model_id: str) -> Wire:
    logged_models.log_model_params(call.organization_id, parse_model_id(model_id), params=params_of(body.params))
    return {}


@writes(bodies.LoggedModelTags)
def set_tags(call: Call, body: bodies.LoggedModelTags, model_id: str) -> Wire:
    tags = pairs_of(body.tags, "tags")
    return {
        "model": write_logged_model(logged_models.set_model_tags(call.organization_id, parse_model_id(model_id), tags=tags))
    }


@writes(Nothing)
def delete_tag(call: Call, body: Nothing, model_id: str, key: str) -> Wire:
    logged_models.delete_model_tag(call.organization_id, parse_model_id(model_id), key=key)
    return {}


@reads(bodies.SearchLoggedModels)
def search(call: Call, body: bodies.SearchLoggedModels) -> Wire:
    require(body.experiment_ids or None, "experiment_ids")
    query = LoggedModelQuery(
        experiment_ids=find_known_ids(call, body.experiment_ids),
        filter=translate_search(body.filter, LOGGED_MODELS),
        order_by=translate_order([_order_term(term) for term in body.order_by], LOGGED_MODELS),
        order_datasets=tuple(_dataset(term) for term in body.order_by),
        limit=limit_of(body.max_results or None, default=DEFAULT_LIMIT, highest=HIGHEST_LIMIT),
        page_token=body.page_token or "",
        datasets=tuple(_named_dataset(data) for data in body.datasets),
    )
    page = list_logged_models(call.organization_id, query)
    return write_page("models", map(write_logged_model, page.models), page.next_page_token)


def _order_term(order: bodies.ModelOrder) -> str:
    """`metrics.val loss` stands unquoted here, because the field is alone."""
    prefix, point, key = require(order.field_name, "order_by.field_name").partition(".")
    name = f"{prefix}.`{key.replace('`', '``')}`" if point else prefix
    return f"{name} {'DESC' if order.ascending is False else 'ASC'}"


def _named_dataset(data: bodies.ModelDataset) -> DatasetKey:
    if not data.dataset_name:
        raise Invalid("`dataset_name` in the `datasets` clause must be specified.", field="datasets")
    return _dataset(data)


def _dataset(data: bodies.ModelDataset | bodies.ModelOrder) -> DatasetKey:
    return data.dataset_name or "", data.dataset_digest or ""
