from assay.recommendations.models.findings import Finding, FindingEvent, FindingExclusion
from assay.recommendations.models.runs import CheckResult, CheckRun, CheckSettings

__all__ = ["CheckResult", "CheckRun", "CheckSettings", "Finding", "FindingEvent", "FindingExclusion"]
