"""`manage.py up`: engines, migrations, web, worker and beat under one command."""
