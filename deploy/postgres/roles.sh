#!/bin/sh
# Runs once, when the database volume is new: the owner migrates, the application only uses what it was granted.
set -eu
psql --username postgres --set ON_ERROR_STOP=1 --set owner_password="$ASSAY_OWNER_PASSWORD" --set app_password="$ASSAY_APP_PASSWORD" <<'SQL'
CREATE ROLE assay_owner LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'owner_password';
CREATE ROLE assay_app LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'app_password';
CREATE DATABASE assay OWNER assay_owner;
SQL
