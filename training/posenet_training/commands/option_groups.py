# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Dataclasses as groups of command line options: every field is an option.

The options that several commands share, or that are too many for a list of parameters, are
written once, as a frozen dataclass whose annotations are typer's.
"""

import inspect
from dataclasses import fields, is_dataclass
from typing import Any, TypeGuard, TypeVar, get_type_hints

Group = TypeVar('Group')


def is_group(hint: Any) -> TypeGuard[type[Any]]:
    """Whether an annotation is a dataclass, and so a group of options."""
    return isinstance(hint, type) and is_dataclass(hint)


def parameters_of(group: Any) -> list[inspect.Parameter]:
    """Parameters of a command, one a field of the dataclass, in the order of its fields."""
    hints = get_type_hints(group, include_extras=True)
    return [
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=field.default,
            annotation=hints[field.name],
        )
        for field in fields(group)
    ]


def taken_from(values: dict[str, Any], group: type[Group]) -> Group:
    """A dataclass made of the values of its fields, which are taken out of `values`."""
    return group(**{field.name: values.pop(field.name) for field in fields(group)})  # type: ignore[arg-type]
