import ast

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from tests.support.repository import ROOT, modules


def test_import_contracts_are_kept(capfd):
    status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    assert status == EXIT_STATUS_SUCCESS, capfd.readouterr().out


def test_no_import_hides_inside_a_function():
    hidden = [
        f"{name}:{inner.lineno}"
        for name, tree in modules()
        for outer in ast.walk(tree)
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(outer)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []
