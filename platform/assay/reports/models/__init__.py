"""Who gets which report, and what has left."""

from assay.reports.models.subscriptions import ReportDelivery, ReportSubscription

__all__ = ["ReportDelivery", "ReportSubscription"]
