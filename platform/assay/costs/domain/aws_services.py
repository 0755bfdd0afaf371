"""AWS's services in FOCUS's categories. What is not here is Other."""

CATEGORIES = {
    ("Compute", "Virtual Machines"): "AmazonEC2 AmazonLightsail",
    ("Compute", "Serverless Compute"): "AWSLambda",
    ("Compute", "Containers"): "AmazonECS AmazonEKS AmazonECR AmazonECRPublic",
    ("Compute", "Other (Compute)"): "ComputeSavingsPlans AWSBatch ElasticMapReduce",
    ("Storage", "Object Storage"): "AmazonS3 AmazonGlacier AmazonS3GlacierDeepArchive",
    ("Storage", "File Storage"): "AmazonEFS AmazonFSx",
    ("Storage", "Backup Storage"): "AWSBackup",
    ("Databases", "Relational Databases"): "AmazonRDS AmazonAuroraDSQL",
    ("Databases", "NoSQL Databases"): "AmazonDynamoDB AmazonDocDB AmazonNeptune AmazonMCS",
    ("Databases", "Caching"): "AmazonElastiCache AmazonMemoryDB",
    ("Databases", "Data Warehouses"): "AmazonRedshift",
    ("Analytics", "Data Processing"): "AWSGlue AmazonAthena AmazonKinesis AmazonKinesisFirehose AmazonMSK",
    ("Analytics", "Search"): "AmazonES AmazonOpenSearchService",
    ("AI and Machine Learning", "AI Platforms"): "AmazonSageMaker",
    ("AI and Machine Learning", "Generative AI"): "AmazonBedrock AmazonBedrockService AmazonQ",
    ("AI and Machine Learning", "Natural Language Processing"): "AmazonComprehend AmazonTranslate AmazonTextract AmazonPolly",
    (
        "AI and Machine Learning",
        "Machine Learning",
    ): "AmazonRekognition AmazonPersonalize AmazonForecast MachineLearningSavingsPlans",
    ("Networking", "Network Infrastructure"): "AmazonVPC AWSDirectConnect",
    ("Networking", "Content Delivery"): "AmazonCloudFront",
    ("Networking", "Application Networking"): "AWSELB AmazonApiGateway",
    ("Networking", "Other (Networking)"): "AmazonRoute53 AWSDataTransfer AWSGlobalAccelerator",
    ("Management and Governance", "Observability"): "AmazonCloudWatch AWSXRay AmazonManagedGrafana AmazonPrometheus",
    ("Management and Governance", "Compliance"): "AWSCloudTrail AWSConfig",
    ("Management and Governance", "Support"): "AWSSupportBusiness AWSSupportEnterprise AWSDeveloperSupport",
    ("Security", "Other (Security)"): "awskms awswaf AmazonGuardDuty AWSSecretsManager AmazonInspectorV2 AWSSecurityHub",
    ("Identity", "Identity and Access Management"): "AmazonCognito AWSDirectoryService",
    ("Integration", "Messaging"): "AmazonSNS AWSQueueService AmazonMQ AWSEvents AmazonSES",
    ("Integration", "Other (Integration)"): "AmazonStates AWSAppSync",
    ("Developer Tools", "Development Environments"): "CodeBuild AWSCodePipeline AWSCodeArtifact",
    ("Migration", "Data Migration"): "AWSDatabaseMigrationSvc AWSDataSync AWSTransfer",
}
UNKNOWN = ("Other", "Other (Other)")


def category_of(code: str) -> str:
    """SQL: the category of the service whose code a column holds."""
    return _choose(code, 0)


def subcategory_of(code: str) -> str:
    return _choose(code, 1)


def _choose(code: str, place: int) -> str:
    chosen: dict[str, list[str]] = {}
    for names, services in CATEGORIES.items():
        chosen.setdefault(names[place], []).extend(services.split())
    cases = " ".join(
        f"WHEN {code} IN ({', '.join(repr(service) for service in services)}) THEN '{name}'"
        for name, services in chosen.items()
    )
    return f"CASE {cases} ELSE '{UNKNOWN[place]}' END"
