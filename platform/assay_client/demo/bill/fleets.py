"""Who uses what: the demo's own machines and shared services, and as many teams' stacks beside them as the bill has room for."""

from dataclasses import dataclass
from random import Random

from assay_client.demo.bill.aws import Owner, bucket, database, endpoint, gateway, instance, traffic, volume
from assay_client.demo.bill.databricks import jobs_cluster, shared_cluster, warehouse
from assay_client.demo.bill.issuers import ACCOUNT_OF, AWS_ACCOUNTS, DATA, PLATFORM, RESEARCH
from assay_client.demo.bill.lines import Line
from assay_client.demo.bill.periods import Cadence
from assay_client.demo.machines import MACHINES, ON_DEMAND, SPOT, Machine

TEAMS = (
    ("vision", "digits-ocr"),
    ("risk", "tabular-screening"),
    ("health", "diabetes-progression"),
    ("search", "ranking"),
    ("", ""),
)
ZONES = ("us-east-1a", "us-west-2a", "us-east-1b", "us-east-1c", "us-west-2b")
KINDS = (
    ("m5.xlarge", Cadence.HOURLY, ON_DEMAND),
    ("g4dn.xlarge", Cadence.OFFICE, ON_DEMAND),
    ("c6i.xlarge", Cadence.HOURLY, ON_DEMAND),
    ("g5.2xlarge", Cadence.OFFICE, ON_DEMAND),
    ("r6i.xlarge", Cadence.HOURLY, ON_DEMAND),
    ("g6.xlarge", Cadence.HOURLY, SPOT),
    ("m5.large", Cadence.HOURLY, ON_DEMAND),
)
COMMITTED_OFFICE = ("r6i.xlarge", "r6i.xlarge", "m5.2xlarge")


@dataclass(frozen=True, slots=True)
class Names:
    """Ids as the cloud would give them, the same for the same seed."""

    seed: int

    def digits(self, what: str, *, count: int) -> str:
        chance = Random(f"{self.seed}/{what}")  # noqa: S311  a demo's ids are no secrets
        return "".join("0123456789abcdef"[int(chance.random() * 16)] for _ in range(count))

    def aws(self, prefix: str, what: str) -> str:
        return f"{prefix}-0{self.digits(what, count=16)}"

    def cluster(self, what: str) -> str:
        return f"0901-081500-{self.digits(what, count=8)}"


def standing_lines(names: Names) -> list[Line]:
    """What every bill of the demo holds."""
    lines = [_machine(machine) for machine in MACHINES]
    lines += [volume(_owner(machine), names.aws("vol", machine.name), gigabytes=200) for machine in MACHINES]
    for number, kind in enumerate(COMMITTED_OFFICE):
        owner = Owner(PLATFORM, "us-east-1c", "search", "ranking")
        name = f"office-{number}"
        lines.append(
            instance(owner, names.aws("i", name), kind, name=name, cadence=Cadence.OFFICE, lifecycle=ON_DEMAND, committed=True)
        )
    for account, region in ((RESEARCH, "us-east-1a"), (PLATFORM, "us-west-2a"), (DATA, "eu-west-1a")):
        owner = Owner(account, region, "data", "lake")
        lines += bucket(owner, f"demo-{account.name}-{owner.region}", gigabytes=18_000)
        lines.append(traffic(owner))
    return [
        *lines,
        database(Owner(PLATFORM, "us-east-1a", "platform", "tracking"), "experiments"),
        shared_cluster(names.cluster("shared"), "notebooks", team="data"),
        jobs_cluster(names.cluster("features"), "nightly-features", team="data", project="lake"),
        warehouse(names.digits("warehouse", count=16), "analysts", team="data"),
    ]


def stack_lines(number: int, names: Names) -> list[Line]:
    """One more team's stack: a machine and its volume, and for some a bucket, a database, an endpoint, nightly jobs."""
    kind, cadence, lifecycle = KINDS[number % len(KINDS)]
    team, project = TEAMS[number % len(TEAMS)]
    owner = Owner(AWS_ACCOUNTS[number % len(AWS_ACCOUNTS)], ZONES[number % len(ZONES)], team, project)
    name = f"stack-{number}"
    lines = [
        instance(owner, names.aws("i", name), kind, name=name, cadence=cadence, lifecycle=lifecycle, committed=False),
        volume(owner, names.aws("vol", name), gigabytes=100 + 50 * (number % 9)),
    ]
    if number % 3 == 0:
        lines.append(jobs_cluster(names.cluster(name), f"{name}-jobs", team=team or "data", project=project or "lake"))
    if number % 4 == 1:
        lines += bucket(owner, f"demo-{name}", gigabytes=1_000 + 700 * (number % 7))
    if number % 5 == 2:
        lines.append(endpoint(owner, name))
    if number % 6 == 3:
        lines.append(database(owner, name))
    return lines


def filling_line(number: int, names: Names) -> Line:
    """Traffic of one more gateway, hour by hour, as far as rows are left."""
    owner = Owner(AWS_ACCOUNTS[number % len(AWS_ACCOUNTS)], ZONES[number % len(ZONES)])
    return gateway(owner, names.aws("nat", f"gateway-{number}"))


def _machine(machine: Machine) -> Line:
    return instance(
        _owner(machine),
        machine.instance_id,
        machine.instance_type,
        name=machine.name,
        cadence=Cadence.HOURLY,
        lifecycle=machine.lifecycle,
        committed=machine.committed,
    )


def _owner(machine: Machine) -> Owner:
    return Owner(ACCOUNT_OF[machine.account_id], machine.zone, machine.team, machine.project)
