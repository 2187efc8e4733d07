"""Models of migrations that are rendered only when they are needed.

After each operation Django renders again all models that are related to the changed one. That takes three quarters of
the time of all migrations, and matters only to code that follows relations.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partialmethod
from unittest import mock

from django.db.migrations.operations import AlterField, RenameField, RenameModel, RunPython
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

FOLLOWING_RELATIONS = RunPython, RenameModel, RenameField, AlterField


@contextmanager
def rendered_when_needed() -> Iterator[None]:
    """During the block an operation renders only the model it changes; all others are rendered before an operation that
    may follow a relation."""
    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(ProjectState, "_find_reload_model", _only_itself))
        for kind in FOLLOWING_RELATIONS:
            for method in ("database_forwards", "database_backwards"):
                after_rendering = partialmethod(_after_rendering, getattr(kind, method))
                stack.enter_context(mock.patch.object(kind, method, after_rendering))
        yield


def _only_itself(state: ProjectState, app_label: str, model_name: str, delay: bool = False) -> set[tuple[str, str]]:
    state.is_delayed = True
    return {(app_label, model_name)}


def _after_rendering(
    operation: Operation, run: Callable, app_label: str, editor: object, before: ProjectState, after: ProjectState
) -> None:
    if isinstance(operation, RunPython):
        before.clear_delayed_apps_cache()
    elif not isinstance(operation, AlterField) or _may_be_referenced(operation, app_label, before):
        for state in (before, after):  # in this order, which that of the columns follows
            state.clear_delayed_apps_cache()
            _ = state.apps
    run(operation, app_label, editor, before, after)


def _may_be_referenced(operation: AlterField, app_label: str, state: ProjectState) -> bool:
    field = state.models[app_label, operation.model_name_lower].get_field(operation.name)
    return field.primary_key or field.unique
