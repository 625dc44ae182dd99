"""One file per form, each with one FORM."""

from importlib import import_module
from pkgutil import iter_modules

from dialogs.engine import AnyForm

FORMS: dict[str, AnyForm] = {
    form.name: form
    for form in (import_module(f"{__name__}.{module.name}").FORM for module in iter_modules(__path__))
}
