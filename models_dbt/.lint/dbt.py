"""Stand-ins for dbt's cross-database macros, so that the linter can read SQL without a database."""


def datediff(first, second, part):
    return f"datediff('{part}', {first}, {second})"


def dateadd(part, number, day):
    return f"dateadd('{part}', {number}, {day})"


def date_trunc(part, day):
    return f"date_trunc('{part}', {day})"


def safe_cast(value, data_type):
    return f"cast({value} as {data_type})"


def type_string():
    return "varchar"
