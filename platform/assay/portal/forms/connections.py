"""Forms of connections to AWS."""

from django import forms


class NewConnectionForm(forms.Form):
    name = forms.CharField(max_length=200, help_text="Of the payer account, so that you know it again.")
    region = forms.CharField(
        required=False,
        max_length=32,
        help_text="Where the bucket of the export is.",
        widget=forms.TextInput(attrs={"placeholder": "eu-central-1"}),
    )


class RoleForm(NewConnectionForm):
    role_arn = forms.CharField(
        max_length=2048,
        label="Role",
        help_text="What Terraform gives as role_arn.",
        widget=forms.TextInput(attrs={"placeholder": "arn:aws:iam::123456789012:role/assay-billing"}),
    )
    field_order = ("role_arn", "name", "region")


class AccessForm(forms.Form):
    bucket = forms.CharField(max_length=63)
    prefix = forms.CharField(  # type: ignore[assignment]  # fields are kept apart from the form's own attributes
        required=False, max_length=900, help_text="Of the export.", widget=forms.TextInput(attrs={"placeholder": "assay/focus"})
    )
