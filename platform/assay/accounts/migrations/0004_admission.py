"""The look-up that opens every call of a program: one statement that names the token's holder and enters its organization."""

from django.db import migrations

ADMIT = """
CREATE FUNCTION assay_admit(hash text) RETURNS TABLE (
    token_id uuid, organization_id uuid, user_id uuid, email text, is_active boolean, role text, scopes text[], prefix text,
    expires_at timestamptz, revoked_at timestamptz, last_used_at timestamptz
) LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
BEGIN
    PERFORM set_config('assay.token_hash', hash, true);
    SELECT token.id, token.organization_id, token.user_id, token.scopes, token.prefix, token.expires_at, token.revoked_at,
           token.last_used_at
      INTO token_id, organization_id, user_id, scopes, prefix, expires_at, revoked_at, last_used_at
      FROM accounts_apitoken AS token WHERE token.token_hash = hash;
    PERFORM set_config('assay.token_hash', '', true);
    IF token_id IS NULL THEN RETURN; END IF;
    PERFORM set_config('assay.organization', organization_id::text, true);
    SELECT account.email, account.is_active INTO email, is_active FROM accounts_user AS account WHERE account.id = user_id;
    SELECT member.role INTO role FROM accounts_membership AS member
     WHERE member.organization_id = assay_admit.organization_id AND member.user_id = assay_admit.user_id;
    role := COALESCE(role, '');
    RETURN NEXT;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_saved_views")]

    operations = [migrations.RunSQL(sql=ADMIT, reverse_sql="DROP FUNCTION assay_admit(text)")]
