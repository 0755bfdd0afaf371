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
    member_role = forms.CharField(
        required=False,
        max_length=64,
        label="Role of member accounts",
        help_text="Name of the role to assume in every other account of the AWS organization; empty for this account alone.",
        widget=forms.TextInput(attrs={"placeholder": "assay-inventory"}),
    )
    regions = forms.CharField(
        required=False,
        max_length=1000,
        help_text="The only regions whose inventory is read, with commas between; empty for all that the account uses.",
        widget=forms.TextInput(attrs={"placeholder": "eu-central-1, us-east-1"}),
    )
    field_order = ("role_arn", "name", "region", "member_role", "regions")

    def clean_regions(self) -> list[str]:
        return [part for part in str(self.cleaned_data["regions"]).replace(",", " ").split() if part]


class AccessForm(forms.Form):
    bucket = forms.CharField(max_length=63)
    prefix = forms.CharField(  # type: ignore[assignment]  # fields are kept apart from the form's own attributes
        required=False, max_length=900, help_text="Of the export.", widget=forms.TextInput(attrs={"placeholder": "assay/focus"})
    )
