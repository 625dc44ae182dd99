"""One file per form, each with one FORM."""
