"""The search grammar: `clause (AND clause)*`, as users of MLflow write it."""
