"""Writes the C++ of the bindings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pyinfer.host.generate.prototypes import ClassPrototype, Parameter, Property, Prototype

from .types import Passed, Types

__all__ = ["Binding", "PropertyBinding", "class_source", "unit_source", "written"]


@dataclass(frozen=True)
class Binding:
    """One function of embind's.

    Attributes
    ----------
    name : str
        Embind's name.
    prototype : Prototype
    types : Types
        Those of its scope.
    owner : ClassPrototype or None
        The class whose method it is; None for a function.
    constructs : bool
        Whether it makes an object of the owner.
    """

    name: str
    prototype: Prototype
    types: Types
    owner: ClassPrototype | None = None
    constructs: bool = False


@dataclass(frozen=True)
class PropertyBinding:
    """An attribute: a function of embind's that reads it, and one that writes it.

    Attributes
    ----------
    owner, cpp : str
        The class's id, and its C++ name.
    property : Property
    types : Types
    """

    owner: str
    cpp: str
    property: Property
    types: Types


def property_source(binding: PropertyBinding, index: int) -> str:
    """The definitions of both."""
    name = binding.property.name
    source = (
        f"static auto get_{index}({binding.cpp}& self_a) {{\n"
        f"  return pyinfer::result_of([&]() -> decltype(auto) {{ return (self_a.{name}); }});\n}}\n"
    )
    if binding.property.readonly:
        return source
    passed = binding.types.passed(written(binding.property))
    assert passed is not None, name
    before = f"  {passed.before.format('value_a')}\n" if passed.before else ""
    argument = passed.argument.format("value_a")
    if argument.startswith("static_cast<"):  # the type may have a name in the class alone
        argument = f"static_cast<decltype(self_a.{name})>(value_a)"
    return source + (
        f"static void set_{index}({binding.cpp}& self_a, {passed.declaration} value_a) {{\n"
        f"{before}  pyinfer::guarded([&] {{ self_a.{name} = {argument}; }});\n}}\n"
    )


def written(attribute: Property) -> Parameter:
    """An attribute as the parameter of what writes it."""
    return Parameter(attribute.type, attribute.name, "", "in", (), False)


def function_source(binding: Binding, index: int) -> str:
    """The wrapper's definition."""
    prototype = binding.prototype
    passed = [_known(binding, at) for at in range(len(prototype.parameters))]
    names = [f"{parameter.name}_a" for parameter in prototype.parameters]
    declarations = [f"{each.declaration} {name}" for each, name in zip(passed, names, strict=True)]
    arguments = ", ".join(
        _moved(each.argument.format(name), parameter.moved)
        for each, name, parameter in zip(passed, names, prototype.parameters, strict=True)
    )
    call = f"{prototype.callee}({arguments})"
    owner = binding.owner
    if owner and binding.constructs:
        call = f"{owner.cpp if owner.is_simple else f'cv::makePtr<{owner.cpp}>'}({arguments})"
    elif owner:
        declarations.insert(0, f"{owner.cpp}& self_a")
        call = f"self_a.{call}"
    if prototype.returns and binding.types.returns_objects(prototype.returns):
        call = f"pyinfer::array_of({call})"
    before = _statements(each.before.format(name) for each, name in zip(passed, names, strict=True))
    after = _statements(each.after.format(name) for each, name in zip(passed, names, strict=True))
    returns = prototype.returns or binding.constructs
    if not returns:
        body = f"  pyinfer::guarded([&] {{ {call}; }});\n{after}"
    elif after:
        body = (
            f"  auto result_a = pyinfer::result_of([&]() -> decltype(auto) {{ return {call}; }});\n"
            f"{after}  return result_a;\n"
        )
    else:
        body = f"  return pyinfer::result_of([&]() -> decltype(auto) {{ return {call}; }});\n"
    kind = "auto" if returns else "void"
    scope = f"  using namespace {prototype.namespace};\n" if prototype.namespace != "cv" else ""
    return f"static {kind} binding_{index}({', '.join(declarations)}) {{\n{scope}{before}{body}}}\n"


def _known(binding: Binding, at: int) -> Passed:
    passed = binding.types.passed(binding.prototype.parameters[at])
    assert passed is not None, binding.name
    return passed


def _moved(argument: str, moved: bool) -> str:
    return f"std::move({argument})" if moved else argument


def _statements(texts: Iterator[str]) -> str:
    return "".join(f"  {text}\n" for text in texts if text)


def class_source(cpp: str, name: str, base: str) -> str:
    """The registration of a class without members: its methods are functions."""
    derived = f", emscripten::base<{base}>" if base else ""
    return f'  emscripten::class_<{cpp}{derived}>("{name}").smart_ptr<cv::Ptr<{cpp}>>("Ptr<{name}>");\n'


def unit_source(
    title: str,
    headers: Iterable[str],
    bindings: Sequence[Binding] = (),
    properties: Sequence[PropertyBinding] = (),
    registrations: str = "",
) -> str:
    """A whole translation unit."""
    definitions = [function_source(binding, index) for index, binding in enumerate(bindings)]
    definitions += [property_source(binding, index) for index, binding in enumerate(properties)]
    registered = [_registration(binding.name, f"binding_{index}") for index, binding in enumerate(bindings)]
    for index, attribute in enumerate(properties):
        name = f"{attribute.owner}_{{}}_{attribute.property.name}"
        registered.append(_registration(name.format("get"), f"get_{index}"))
        if not attribute.property.readonly:
            registered.append(_registration(name.format("set"), f"set_{index}"))
    includes = "".join(f'#include "{header}"\n' for header in headers)
    newline = "\n"
    return (
        f'#include "support.hpp"\n\n{includes}\nusing namespace cv;\n\n'
        f"namespace {{\n\n{newline.join(definitions)}\n}}\n\n"
        f"EMSCRIPTEN_BINDINGS({title}) {{\n{registrations}{''.join(registered)}}}\n"
    )


def _registration(name: str, function: str) -> str:
    return f'  emscripten::function("{name}", &{function}, emscripten::allow_raw_pointers());\n'
