"""How a machine gets another type: as commands of the AWS CLI, as Terraform, and where the console does it."""

from shlex import quote

from assay.clouds.domain.inventory import ResourceKey
from assay.clouds.domain.machine_types import MachineType
from assay.recommendations.domain.found import Remedy


def change_instance(key: ResourceKey, now: MachineType, then: MachineType) -> Remedy:
    instance, region = quote(key.native_id), quote(key.region)
    where = f"--region {region}"
    lines = [
        f"aws ec2 stop-instances --instance-ids {instance} {where}",
        f"aws ec2 wait instance-stopped --instance-ids {instance} {where}",
        f"aws ec2 modify-instance-attribute --instance-id {instance} --instance-type Value={quote(then.name)} {where}",
        f"aws ec2 start-instances --instance-ids {instance} {where}",
    ]
    if now.architecture != then.architecture:
        lines = [
            f"# A type of another architecture needs an image made for {then.architecture}: launch it beside, move the work, then stop the old one.",
            f"aws ec2 run-instances --instance-type {quote(then.name)} --image-id IMAGE_FOR_{then.architecture.upper()} {where}",
            f"aws ec2 stop-instances --instance-ids {instance} {where}",
        ]
    elif then.burstable and not now.burstable:
        lines.insert(
            3,
            f"aws ec2 modify-instance-credit-specification --instance-credit-specifications InstanceId={instance},CpuCredits=standard {where}",
        )
    return Remedy(
        command="\n".join(lines),
        terraform=f'instance_type = "{then.name}"',
        console=f"https://{key.region}.console.aws.amazon.com/ec2/home?region={key.region}#ChangeInstanceType:instanceId={key.native_id}",
    )


def change_database(key: ResourceKey, name: str, then: str) -> Remedy:
    """In the next maintenance window. name: the database's identifier, which its native id, an ARN, ends with."""
    return Remedy(
        command=(
            f"aws rds modify-db-instance --db-instance-identifier {quote(name)} --db-instance-class {quote(then)}"
            f" --no-apply-immediately --region {quote(key.region)}"
        ),
        terraform=f'instance_class = "{then}"',
        console=f"https://{key.region}.console.aws.amazon.com/rds/home?region={key.region}#database:id={name}",
    )
