"""The catalogue of each region, platform and tenancy, made when it is first asked for."""

from assay.clouds.domain.inventory import Database, Instance, ResourceKey
from assay.clouds.domain.machine_types import MachineType
from assay.recommendations.domain.facts import Facts, Quote, Wanted
from assay.recommendations.domain.rightsizing.catalogue import Catalogue
from assay.recommendations.domain.rightsizing.database_classes import ON_ARM, classes_of, wanted_database


class Catalogues:
    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._made: dict[tuple[str, ...], Catalogue] = {}

    def of_instance(self, key: ResourceKey, instance: Instance) -> Catalogue:
        """On-demand prices."""
        names = ("instance", key.provider, key.region, instance.platform, instance.tenancy)
        if names not in self._made:

            def quote(machine: MachineType) -> Quote | None:
                return self._facts.quote(
                    Wanted(key.provider, key.region, machine.name, platform=instance.platform, tenancy=instance.tenancy)
                )

            types = [one for one in self._facts.machine_types(key.provider, key.region) if not one.name.startswith("db.")]
            self._made[names] = Catalogue(types, quote, platform=instance.platform)
        return self._made[names]

    def of_database(self, key: ResourceKey, database: Database) -> Catalogue:
        names = ("database", key.provider, key.region, database.engine, database.licence, str(database.multi_az))
        if names not in self._made:

            def quote(machine: MachineType) -> Quote | None:
                return self._facts.quote(wanted_database(key, database, machine.name))

            types = classes_of(self._facts.machine_types(key.provider, key.region))
            self._made[names] = Catalogue(types, quote, platform="linux" if database.engine in ON_ARM else database.engine)
        return self._made[names]
