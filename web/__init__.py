"""Every entrance: pages, API, tasks and command line."""
