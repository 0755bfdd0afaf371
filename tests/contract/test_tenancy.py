"""A stranger sees nothing: what PostgreSQL itself refuses under the application's role, for every tenant table."""

from contextlib import ExitStack

import pytest
from django.db import DatabaseError, connection, models, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assay.accounts.models import Organization
from assay.core import tenancy
from assay.core.ids import new_id
from tests.contract.catalogue import select, tenant_tables
from tests.factories.organizations import found_organization
from tests.factories.rows import fill_every_table, tenant_models

pytestmark = pytest.mark.django_db

GLOBAL_TABLES = {
    "accounts_organization", "accounts_user", "account_emailaddress", "account_emailconfirmation", "auth_group",
    "auth_group_permissions", "auth_permission", "django_content_type", "django_migrations", "django_session",
    "django_celery_beat_clockedschedule", "django_celery_beat_crontabschedule", "django_celery_beat_intervalschedule",
    "clouds_fetchedmachinetype", "clouds_fetchedprice",
    "django_celery_beat_periodictask", "django_celery_beat_periodictasks", "django_celery_beat_solarschedule",
}  # fmt: skip
"""Tables of the whole installation: people, sessions, the schedule, public lists of providers. A new one is either behind the wall or stated here."""

IMMUTABLE = {"accounts_auditentry"}


@pytest.fixture
def ada() -> Organization:
    organization = found_organization("ada", owner_email="ada@example.com")
    fill_every_table(organization)
    return organization


@pytest.fixture
def eve() -> Organization:
    return found_organization("eve")


def test_every_tenant_table_has_a_forced_policy_on_the_organization_in_scope() -> None:
    tables = tenant_tables()
    assert len(tables) > 8
    assert [table for table in tables if not (table.enabled and table.forced and table.policies)] == []
    assert [table for table in tables if table.open_policies] == []


def test_the_catalogue_and_the_models_know_the_same_tenant_tables() -> None:
    assert {table.name for table in tenant_tables()} == {model._meta.db_table for model in tenant_models()}


def test_every_other_table_is_known_to_belong_to_the_whole_installation() -> None:
    every = {name for (name,) in select("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    assert every - {table.name for table in tenant_tables()} == GLOBAL_TABLES


def test_nothing_leads_around_the_walls() -> None:
    views = select("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')")
    definers = select("SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace ORDER BY proname")
    assert views == []
    assert definers == [("assay_organization_ids",)]


def test_the_applications_role_has_no_power_over_the_walls() -> None:
    powers = select("SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user")
    assert powers == [(False, False, False, False)]
    owners = select("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")
    ((member,),) = select("SELECT pg_has_role(current_user, %s, 'MEMBER')", str(owners[0][0]))
    assert len(owners) == 1
    assert not member
    assert (
        select("SELECT 1 FROM pg_roles r WHERE (rolsuper OR rolbypassrls) AND pg_has_role(current_user, r.oid, 'MEMBER')") == []
    )


def test_the_applications_role_can_neither_empty_nor_change_a_table() -> None:
    granted = select(
        """SELECT table_name, privilege_type FROM information_schema.role_table_grants
           WHERE grantee = current_user AND table_schema = 'public'
             AND privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')"""
    )
    ((creates,),) = select("SELECT has_schema_privilege(current_user, 'public', 'CREATE')")
    assert granted == []
    assert not creates


def test_without_a_scope_every_tenant_table_is_empty(ada: Organization) -> None:
    assert {table.name: _count(table.name) for table in tenant_tables() if _count(table.name)} == {}
    with tenancy.scope(ada.id):
        assert [table.name for table in tenant_tables() if not _count(table.name)] == []


def test_inside_another_organization_nothing_can_be_read_changed_or_removed(ada: Organization, eve: Organization) -> None:
    for table in tenant_tables():
        with tenancy.scope(eve.id):
            assert _count(table.name, ada) == 0, table.name
            assert _change(f"UPDATE {table.name} SET organization_id = organization_id") == 0, table.name
            assert _change(f"DELETE FROM {table.name}") == 0, table.name
        with tenancy.scope(ada.id):
            assert _count(table.name, ada) > 0, table.name


def test_no_row_can_be_put_into_or_moved_to_another_organization(ada: Organization, eve: Organization) -> None:
    for table in tenant_tables():
        with tenancy.scope(ada.id):
            _refused(f"INSERT INTO {table.name} (organization_id) VALUES (%s)", eve)
            if table.name not in IMMUTABLE:
                _refused(f"UPDATE {table.name} SET organization_id = %s", eve)
        _refused(f"INSERT INTO {table.name} (organization_id) VALUES (%s)", ada)


def test_the_audit_log_can_only_grow(ada: Organization) -> None:
    with tenancy.scope(ada.id):
        assert _count("accounts_auditentry") > 0
        assert _change("UPDATE accounts_auditentry SET action = 'x'") == 0
        assert _change("DELETE FROM accounts_auditentry") == 0


def test_an_organizations_own_row_is_hidden_from_others(ada: Organization, eve: Organization) -> None:
    assert select("SELECT 1 FROM accounts_organization") == []
    with tenancy.scope(eve.id):
        assert select("SELECT id FROM accounts_organization") == [(eve.id,)]
        assert _change("UPDATE accounts_organization SET name = 'x' WHERE id <> %s", eve) == 0


@pytest.mark.parametrize("model", tenant_models(), ids=lambda model: model._meta.label)
def test_every_manager_refuses_to_work_outside_a_scope(model: type[models.Model]) -> None:
    with pytest.raises(tenancy.ScopeMissing):
        model._default_manager.count()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.lists(st.sampled_from(["ada", "eve", "fail"]), max_size=6))
def test_whatever_scopes_are_entered_and_left_only_the_innermost_is_seen(
    ada: Organization, eve: Organization, path: list[str]
) -> None:
    organizations = {"ada": ada.id, "eve": eve.id}
    with ExitStack() as scopes:
        for step in path:
            if step == "fail":
                _fail_inside(new_id())
            else:
                scopes.enter_context(tenancy.scope(organizations[step]))
            assert _visible() == {tenancy.find_current()} - {None, eve.id}
    assert _visible() == set()


def _fail_inside(organization_id: object) -> None:
    with pytest.raises(DatabaseError), tenancy.scope(organization_id):  # type: ignore[arg-type]
        select("SELECT 1 / 0")


def _visible() -> set[object]:
    """Organizations of which any tenant table shows a row."""
    union = " UNION ".join(f"SELECT organization_id FROM {model._meta.db_table}" for model in tenant_models())
    return {found for (found,) in select(union)}


def _count(table: str, organization: Organization | None = None) -> int:
    condition, parameters = ("", ()) if organization is None else (" WHERE organization_id = %s", (organization.id,))
    ((found,),) = select(f"SELECT count(*) FROM {table}{condition}", *parameters)
    return int(str(found))


def _change(statement: str, organization: Organization | None = None) -> int:
    """Rows that a statement touched; it is undone."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [] if organization is None else [organization.id])
        transaction.set_rollback(True)
        return int(cursor.rowcount)


def _refused(statement: str, organization: Organization) -> None:
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        _change(statement, organization)
