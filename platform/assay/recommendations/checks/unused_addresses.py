"""Public addresses that are reserved and lead nowhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from assay.clouds.domain.inventory import Address, Resource, ResourceKind
from assay.recommendations.domain.ages import time_in_state
from assay.recommendations.domain.checks import Check, Group, Options, option
from assay.recommendations.domain.commands import aws
from assay.recommendations.domain.consoles import console_address
from assay.recommendations.domain.facts import Facts
from assay.recommendations.domain.found import Action, Confidence, Effort, Evidence, Found, Remedy, Risk
from assay.recommendations.domain.monthly import saving_of_all

BILLED_DAYS = 30


@dataclass(frozen=True, slots=True)
class UnusedAddressesOptions(Options):
    days: int = option(7, unit="days", least=1, most=365, meaning="unused for at least so long")


class UnusedAddresses(Check):
    """An address that has been associated with nothing for at least `days` days, as far as Assay has watched.

    AWS does not say since when, so the time counts from the change that Assay saw. A released address never comes back: who has it
    in a firewall or a DNS record must know first.

    >>> address = make_resource(ResourceKind.ADDRESS, "eipalloc-1", Address("203.0.113.7"), state="", state_since=AT - timedelta(days=20))
    >>> facts = FactSet().with_(address, bill=make_bill("1.20", days=10))
    >>> [one] = check.find(facts, check.options())
    >>> one.saving.expected
    Money(amount=Decimal('3.650000000000000'), currency='USD')
    """

    name = "unused_addresses"
    title = "Public addresses that lead nowhere"
    group = Group.ORPHANED
    kinds = (ResourceKind.ADDRESS,)
    action = Action.DELETE
    needs = frozenset({"ec2:DescribeAddresses"})
    options = UnusedAddressesOptions

    def find(self, facts: Facts, options: UnusedAddressesOptions) -> Iterator[Found]:
        for resource in facts.resources(ResourceKind.ADDRESS):
            unused = time_in_state(resource, facts.at)
            address = resource.details
            if isinstance(address, Address) and not address.attached_to and unused >= timedelta(days=options.days):
                yield self._describe(facts, resource, address, unused.days, options)

    def _describe(
        self, facts: Facts, resource: Resource, address: Address, unused_days: int, options: UnusedAddressesOptions
    ) -> Found:
        key = resource.key
        return Found(
            resource=key,
            action=self.action,
            reason=f"{address.public_ip} is reserved and has led nowhere for {unused_days} days.",
            saving=saving_of_all(facts.bill(resource, days=BILLED_DAYS), days=BILLED_DAYS, currency=facts.currency),
            evidence=(Evidence("Associated with nothing", f"{unused_days} days", f"at least {options.days} days"),),
            confidence=Confidence.HIGH,
            risk=Risk.LOW,
            effort=Effort.VERY_LOW,
            remedy=Remedy(
                command=aws(key, "ec2", "release-address", "--allocation-id", key.native_id),
                terraform="Remove its `aws_eip`.",
                console=console_address(key),
            ),
        )
