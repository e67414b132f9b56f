"""Fixes in moto's CloudFormation that CDK, SAM and Serverless need. Tests list the versions."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from ...patches.loopback import is_loopback
from .private import replaced
from .sam import TransformFailed, expanded

_AWS_S3 = "https://s3.amazonaws.com"


@contextmanager
def mended() -> Generator[None]:
    """While it lasts, templates are also read from this machine, and expanded; change sets behave as in AWS."""
    models: Any = import_module("moto.cloudformation.models")
    responses: Any = import_module("moto.cloudformation.responses")
    backend = models.CloudFormationBackend
    stack: Any = getattr(models, "Stack", None) or models.FakeStack
    change_set: Any = getattr(models, "ChangeSet", None) or models.FakeChangeSet
    real_parse, real_read = stack.parse_template, change_set._parse_template
    real_template, real_validate = models.get_stack_from_s3_url, backend.validate_template
    real_delete, real_create = backend.delete_change_set, backend.create_change_set

    def template_at(template_url: str, *more: Any, **named: Any) -> str:
        return real_template(s3_url(template_url), *more, **named)

    def validate_template(self: Any, template: str) -> list[Any]:
        real_parse("{}")  # Before the first one, moto of 2024 cannot read YAML's short forms here.
        return [match for match in real_validate(self, template) if match.rule.id.startswith("E")]

    def delete_change_set(self: Any, change_set_name: str) -> None:
        """As in AWS, deleting a change set that does not exist succeeds."""
        if find_change_set(self, change_set_name) is not None:
            real_delete(self, change_set_name)

    def parse_template(template: str) -> Any:
        return _expanded(real_parse(template))

    def read_template(self: Any) -> None:
        real_read(self)
        self.template_dict = _expanded(self.template_dict)

    def create_change_set(self: Any, **given: Any) -> Any:
        """A second initial change set of a stack belongs to the same stack, which has no resources yet."""
        if given["change_set_type"] != "UPDATE":
            for stack in list(self.stacks.values()):
                if stack.name == given["stack_name"] and stack.status == "REVIEW_IN_PROGRESS":
                    del self.stacks[stack.stack_id]
        return real_create(self, **given)

    with replaced(
        (models, "get_stack_from_s3_url", template_at),
        (responses, "get_stack_from_s3_url", template_at),
        (stack, "parse_template", staticmethod(parse_template)),
        (change_set, "_parse_template", read_template),
        (backend, "validate_template", validate_template),
        (backend, "delete_change_set", delete_change_set),
        (backend, "create_change_set", create_change_set),
    ):
        yield


def _expanded(template: Any) -> Any:
    try:
        return expanded(template)
    except TransformFailed as failed:
        exceptions: Any = import_module("moto.cloudformation.exceptions")
        raise exceptions.ValidationError(message=str(failed)) from None


def s3_url(url: str) -> str:
    """The URL of an S3 object as moto understands it: with the bucket in its path, on AWS's host."""
    parts = urlsplit(url)
    if is_loopback(parts):
        return f"{_AWS_S3}{parts.path}"
    bucket, s3, rest = (parts.hostname or "").partition(".s3")
    # The bucket's own host: moto takes the first label as the bucket's name.
    if s3 and rest[:1] in (".", "-") and ".amazonaws.com" in rest:
        return f"{_AWS_S3}/{bucket}{parts.path}"
    return url


# --- the meaning of a request about an existing stack


def _backend(account_id: str, region_name: str) -> Any:
    return import_module("moto.cloudformation.models").cloudformation_backends[account_id][region_name]


def find_change_set(backend: Any, name: str, stack: str | None = None) -> Any:
    """The newest change set of that name or id, of any stack or of that one (name or id); None if there is none."""
    for found in reversed(list(backend.change_sets.values())):
        if name == found.change_set_id or (
            name == found.change_set_name and stack in (None, found.stack_name, found.stack_id)
        ):
            return found
    return None


def change_set_id(account_id: str, region_name: str, name: str, stack: str | None) -> str | None:
    """The id of a stack's change set, whose name other stacks may use too; None if there is none."""
    found = find_change_set(_backend(account_id, region_name), name, stack)
    return None if found is None else found.change_set_id


def previous_value(account_id: str, region_name: str, stack: str, parameter: str) -> str | None:
    """The value that a parameter of a stack has, given or by default; None if it has none."""
    for found in _backend(account_id, region_name).stacks.values():
        if stack in (found.name, found.stack_id):
            declared = found.template_dict.get("Parameters", {}).get(parameter, {})
            value = found.resource_map.input_parameters.get(parameter, declared.get("Default"))
            return value if value is None or isinstance(value, str) else json.dumps(value)
    return None


# --- the results of a deployment


def executed(backend: Any, change_set: Any) -> None:
    """Updates a stack's outputs and parameters after its change set was executed: moto keeps the old ones."""
    stack = backend.stacks[change_set.stack_id]
    stack.template, stack.template_dict = change_set.template, change_set.template_dict
    stack.output_map = stack._create_output_map()
    stack.parameters = change_set.parameters


def export_outputs(backend: Any, stack: Any) -> None:
    """Updates the exports to those of the stack at this moment: moto keeps those of its creation."""
    for name, export in list(backend.exports.items()):
        if export.exporting_stack_id == stack.stack_id:
            del backend.exports[name]
    for export in stack.exports:
        backend.exports.setdefault(export.name, export)
