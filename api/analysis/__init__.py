"""The main job: a project's layers in; gaps, sites, bus days, maps and sheets out."""
