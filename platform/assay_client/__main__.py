"""`python -m assay_client` is the command `assay`."""

from assay_client.cli.main import assay

assay(prog_name="assay")
