"""Where the fixtures come from. Each plugin's own docstring says what it gives."""

pytest_plugins = [
    "tests.support.alone",
    "tests.support.browser",
    "tests.support.databases",
    "tests.support.lighthouse",
    "tests.support.own_home",
    "tests.support.postgres",
    "tests.support.redis",
    "tests.support.site",
]
