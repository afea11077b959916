"""Quality assurance audits: a random sample of cases, a checklist by regulation, two views, a report."""
