"""Decision tables (DMN 1.5 clause 8): reading them, matching rules, hit policies."""
