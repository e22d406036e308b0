"""How many workers, the engines and columns that benchmarks share, and what is made of the figures at the end.

Figures and their goals are told by `tell`, kept in pytest-benchmark's JSON, printed as a table, and, after a run of all
benchmarks, written into `results/`, `RESULTS.md` and `latency.svg`. No goal is asserted.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.county import County, make_county
from benchmarks.engines import Plain, engine_of, rows
from benchmarks.picture import picture
from benchmarks.table import Row, printed, results_page
from matching import Engine

pytest_plugins = ["tests.conftest"]

HERE = Path(__file__).parent
RESULTS, PART = HERE / "results", HERE.parent / ".benchmarks" / "part.json"
POSTINGS = 5_000
STATISTICS = ("min", "median", "mean", "max", "stddev", "rounds")

Tell = Callable[..., None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--workers", type=int, default=200_000, help="workers of the county (default 200000)")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    config.option.benchmark_json = config.option.benchmark_json or _results_file(config)


@pytest.fixture(scope="session")
def county(pytestconfig: pytest.Config) -> County:
    """A posting for every four workers: 50,000 for 200,000."""
    workers = pytestconfig.option.workers
    return make_county(workers, max(workers // 4, POSTINGS))


@pytest.fixture(scope="session")
def plain(county: County) -> Plain:
    return Plain(county.tree, county.workers, rows(county.postings, slice(POSTINGS)))


@pytest.fixture(scope="session")
def engine(county: County) -> Engine:
    """All workers and 5,000 postings, at rest; it stays as it is."""
    return engine_of(county.tree, county.workers, rows(county.postings, slice(POSTINGS)))


@pytest.fixture(scope="session")
def is_large(pytestconfig: pytest.Config) -> bool:
    """Whether the goals of 2 M workers apply, not those of 200 k."""
    return bool(pytestconfig.option.workers >= 2_000_000)


@pytest.fixture(scope="session")
def any_size(pytestconfig: pytest.Config, is_large: bool) -> None:
    """For what the number of workers doesn't change, or takes long to be given so many: at the goals of 2 M workers it
    is measured only if asked for by name."""
    if is_large and not pytestconfig.option.keyword:
        pytest.skip("measured with 200,000 workers; with these by -k")


@pytest.fixture
def tell(benchmark: Any) -> Tell:
    """Called as `Row` is: a figure for the table."""

    def told(*args: Any, **kwargs: Any) -> None:
        benchmark.extra_info.setdefault("rows", []).append(Row(*args, **kwargs)._asdict())

    return told


def pytest_benchmark_update_machine_info(machine_info: dict[str, Any]) -> None:
    cpu, python = machine_info["cpu"], machine_info["python_version"]
    machine_info.clear()
    machine_info |= {"cpu": cpu.get("brand_raw", "unknown"), "cores": cpu.get("count"), "python": python}
    machine_info["numpy"] = np.__version__


def pytest_benchmark_update_json(config: pytest.Config, output_json: dict[str, Any]) -> None:
    config.option.benchmark_json.parent.mkdir(parents=True, exist_ok=True)
    output_json["workers"] = config.option.workers
    output_json["commit_info"] = {"id": output_json["commit_info"]["id"]}
    for one in output_json["benchmarks"]:
        one["stats"] = {name: one["stats"][name] for name in STATISTICS}
        del one["options"]


@pytest.hookimpl(wrapper=True)
def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> Iterator[None]:
    yield
    kept: Path = config.option.benchmark_json
    if not any(terminalreporter.stats.get(outcome) for outcome in ("passed", "failed")) or not kept.exists():
        return
    run = json.loads(kept.read_text())
    terminalreporter.write_line(printed(run))
    if kept == _results_file(config) != PART:
        runs = [json.loads(file.read_text()) for file in RESULTS.glob("*.json")]
        (HERE / "RESULTS.md").write_text(results_page(runs))
        points = [one["extra_info"]["point"] for one in run["benchmarks"] if "point" in one["extra_info"]]
        if points:
            (HERE / "latency.svg").write_text(picture(points))


def _results_file(config: pytest.Config) -> Path:
    """Of all benchmarks, by how many workers; of a part of them it is not for keeping."""
    if config.option.keyword or config.option.file_or_dir != ["benchmarks"]:
        return PART
    thousands = config.option.workers // 1000
    return RESULTS / (f"{thousands // 1000}m.json" if thousands % 1000 == 0 else f"{thousands}k.json")
