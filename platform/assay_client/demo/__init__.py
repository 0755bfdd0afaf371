"""What fills a demo organization: a bill, real trainings and a sweep."""
