"""The engine that each process keeps: begun from the folder last saved, brought up to date before every query."""
