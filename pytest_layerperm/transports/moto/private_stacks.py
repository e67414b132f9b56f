"""The private names of moto's CloudFormation. A test lists the versions with which they were checked."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from importlib import import_module
from typing import Any, Protocol

from .private import replaced
from .private_mending import executed, export_outputs, find_change_set, mended
from .stacks import Deployments, EmbeddedStackFailed, ResourceFailed


class Stacks(Protocol):
    """The rules for layers in moto's stacks."""

    @property
    def deployments(self) -> Deployments: ...

    def kind_of(self, resource_type: str) -> Any: ...

    def naming(self, logical_id: str, resource_type: str, action: str) -> AbstractContextManager[None]: ...

    def modified(self, names: Iterable[str], before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]: ...

    def steps(
        self, added: Iterable[str], modified: Iterable[str], before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> list[str]: ...


@contextmanager
def stack_resources(rules: Callable[[], Stacks]) -> Generator[None]:
    """Makes moto's stacks have our resources, and roll back if one of them fails."""
    parsing: Any = import_module("moto.cloudformation.parsing")
    models: Any = import_module("moto.cloudformation.models")
    backend, real_class, real_diff = (
        models.CloudFormationBackend,
        parsing.resource_class_from_type,
        parsing.ResourceMap.build_resource_diff,
    )
    real_update, real_change = parsing.ResourceMap.update, parsing.parse_and_update_resource

    def resource_class(resource_type: str) -> Any:
        return rules().kind_of(resource_type) or real_class(resource_type)

    def named(real: Any, action: str) -> Any:
        def make(logical_id: str, template: dict[str, Any], *more: Any, **named: Any) -> Any:
            with rules().naming(logical_id, template["Type"], action):
                return real(logical_id, template, *more, **named)

        return make

    updating: ContextVar[Any] = ContextVar("updating", default=None)

    def build_resource_diff(self: Any, template: dict[str, Any], *more: Any) -> Any:
        found, before, after = real_diff(self, template, *more), self._resource_json_map, template["Resources"]
        if updating.get() is self:
            # moto creates new resources first; ``change`` below handles each in its turn.
            found["Modify"], found["Add"] = rules().steps(found["Add"], found["Modify"], before, after), []
        else:
            found["Modify"] = rules().modified(found["Modify"], before, after)
        return found

    def update(self: Any, *given: Any, **named: Any) -> None:
        token = updating.set(self)
        try:
            real_update(self, *given, **named)
        finally:
            updating.reset(token)

    def change(logical_id: str, template: dict[str, Any], resources: Any, **where: Any) -> Any:
        made, condition = resources._parsed_resources, template.get("Condition")
        existing = made.get(logical_id)
        if existing is None:
            made.pop(logical_id, None)
            return resources[logical_id]
        if condition and not resources.lazy_condition_map[condition]:
            resources._delete_resource(existing, template)
            return None
        # moto loses a resource that it cannot update.
        return real_change(logical_id, template, resources, **where) or existing

    def rolled_back(real: Any, stack_of: Callable[..., Any]) -> Any:
        def deploy(self: Any, *given: Any, **named: Any) -> Any:
            stack = stack_of(self, *given, **named)
            state = _State(stack) if stack is not None and stack.template else None
            deployments = rules().deployments
            nested = deployments.running
            if stack is not None:
                # moto never gives exports to a stack that was created when nothing was exported.
                stack.resource_map.cross_stack_resources = self.exports
            try:
                with deployments.changing() if state else deployments.making():
                    done = real(self, *given, **named)
            except ResourceFailed as failed:
                stack = stack or next(stack for stack in self.stacks.values() if stack.name == named["name"])
                if state is None:
                    stack.resource_map.delete()
                    _forget_resources(stack)
                else:
                    state.restore()
                export_outputs(self, stack)
                _record_failure(stack, failed, "" if state is None else "UPDATE_")
                if nested:
                    raise EmbeddedStackFailed(stack.stack_id, failed) from None
                return stack
            except Exception:
                if state is not None:
                    state.restore()
                raise
            export_outputs(self, stack or done)
            return done

        return deploy

    def execute_change_set(self: Any, **named: Any) -> None:
        real_execute(self, **named)
        executed(self, find_change_set(self, named["change_set_name"]))

    def delete_stack(self: Any, name: str) -> None:
        stack = self.stacks.get(name)
        if stack is not None:
            export_outputs(self, stack)  # moto fails on an export that it does not have.
        try:
            real_delete(self, name)
        except ResourceFailed as failed:
            self.stacks[name] = stack
            _record_failure(stack, failed, None)
            return
        if stack is not None:
            _forget_resources(stack)

    real_delete, real_execute = backend.delete_stack, backend.execute_change_set
    with (
        mended(),
        replaced(
            (parsing, "resource_class_from_type", resource_class),
            (parsing, "parse_and_create_resource", named(parsing.parse_and_create_resource, "CREATE")),
            (parsing, "parse_and_update_resource", named(change, "UPDATE")),
            (parsing.ResourceMap, "update", update),
            (parsing.ResourceMap, "build_resource_diff", build_resource_diff),
            (backend, "create_stack", rolled_back(backend.create_stack, lambda *_, **__: None)),
            (backend, "update_stack", rolled_back(backend.update_stack, _stack_named)),
            (backend, "execute_change_set", rolled_back(execute_change_set, _stack_of_change_set)),
            (backend, "delete_stack", delete_stack),
        ),
    ):
        yield


def _stack_named(backend: Any, *given: Any, **named: Any) -> Any:
    return backend.get_stack(named["name"])


def _stack_of_change_set(backend: Any, *given: Any, **named: Any) -> Any:
    change_set = find_change_set(backend, named["change_set_name"])
    return None if change_set is None else backend.stacks[change_set.stack_id]


class _State:
    """A stack as it was before an update."""

    def __init__(self, stack: Any) -> None:
        self._kept = [(part, _copied(part)) for part in (stack, stack.resource_map)]

    def restore(self) -> None:
        for part, state in self._kept:
            part.__dict__.update(state)


def _copied(part: Any) -> dict[str, Any]:
    """The attributes of an object, the dicts among them as they are at this moment."""
    kept: dict[str, Any] = part.__dict__
    return {name: {**value} if type(value) is dict else value for name, value in kept.items()}


def _forget_resources(stack: Any) -> None:
    """Keeps moto from creating the resources anew when a stack that has lost them is described."""
    stack.resource_map._resource_json_map = {}
    stack.output_map._output_json_map = None


def _record_failure(stack: Any, failed: ResourceFailed, update: str | None) -> None:
    """Adds the events of a failure, and sets the stack's final status. ``update`` is None for a deletion."""

    def add(status: str, reason: str | None = None) -> None:
        stack._add_stack_event(status, resource_status_reason=reason)

    add(f"{failed.action}_FAILED", failed.message)
    event = stack.events[-1]
    event.logical_resource_id, event.physical_resource_id = failed.logical_id, ""
    event.resource_type = failed.resource_type
    reason = failed.summary
    if update is None:
        stack.status = "DELETE_FAILED"
        add(stack.status, reason)
        return
    add(f"{update}ROLLBACK_IN_PROGRESS", reason + ("" if update else "Rollback requested by user."))
    stack.status = f"{update}ROLLBACK_COMPLETE"
    add(stack.status)
