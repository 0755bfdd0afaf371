"""The machines that the demo's trainings claim and that its bill charges in every hour.

Prices: public on-demand prices of Linux in US East (N. Virginia), USD an hour, from the AWS price list of July 2026
(m5, c6i, g5 and p4d cost the same in US West (Oregon)).
"""

from dataclasses import dataclass
from decimal import Decimal

from assay_client.identity import Compute

ON_DEMAND = "on-demand"
SPOT = "spot"


@dataclass(frozen=True, slots=True)
class Machine:
    """An EC2 instance of the demo.

    price_per_hour: on-demand, USD. committed: covered by the demo's Savings Plan in every hour.
    """

    instance_id: str
    name: str
    instance_type: str
    zone: str
    price_per_hour: Decimal
    account_id: str
    team: str
    project: str
    lifecycle: str = ON_DEMAND
    committed: bool = False

    @property
    def region(self) -> str:
        return self.zone[:-1]

    def claim(self, *, share: str = "1") -> Compute:
        """What a training on this machine says of itself, as the variables ASSAY_COMPUTE_* would."""
        return Compute(
            provider="aws",
            resource_id=self.instance_id,
            instance_type=self.instance_type,
            region=self.region,
            zone=self.zone,
            lifecycle=self.lifecycle,
            account_id=self.account_id,
            host=self.name,
            share=share,
        )


RESEARCH = "111122223333"
PLATFORM = "444455556666"

MACHINES: tuple[Machine, ...] = (
    Machine("i-0a4f1c8e27b39d501", "small-1", "m5.large", "us-east-1a", Decimal("0.096"), RESEARCH, "risk", "tabular-screening"),
    Machine(
        "i-0b7d2e9f4061a8c32", "cpu-1", "m5.xlarge", "us-east-1a", Decimal("0.192"), RESEARCH, "risk", "tabular-screening",
        committed=True,
    ),
    Machine(
        "i-0c93a5b1d8e7f2643", "cpu-2", "c6i.2xlarge", "us-east-1b", Decimal("0.34"), RESEARCH, "health", "diabetes-progression",
        committed=True,
    ),
    Machine("i-0d18c6e2a9b4f0754", "gpu-1", "g5.xlarge", "us-east-1b", Decimal("1.006"), PLATFORM, "vision", "digits-ocr"),
    Machine(
        "i-0e52f7d3b6a1c9865", "gpu-spot-1", "g5.xlarge", "us-west-2a", Decimal("1.006"), PLATFORM, "vision", "digits-ocr",
        lifecycle=SPOT,
    ),
    Machine("i-0f86b9c4e7d2a1976", "gpu-8", "p4d.24xlarge", "us-east-1a", Decimal("21.957642"), PLATFORM, "vision", "digits-ocr"),
)  # fmt: skip
