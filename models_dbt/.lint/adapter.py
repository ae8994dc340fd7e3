"""Stand-in for dbt's adapter, so that the linter can read SQL that calls dispatched macros."""


def dispatch(name, package=None):
    return lambda *arguments: f"{name}({', '.join(str(argument) for argument in arguments)})"
