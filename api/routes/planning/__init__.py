"""What planners do on the workbench: drafts, runs, results, rules, the committee's folder."""
