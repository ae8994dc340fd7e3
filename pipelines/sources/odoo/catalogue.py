"""What an Odoo database is, asked of the database itself: version, modules, tables, and the company that is read."""

from __future__ import annotations

from pipelines.sources.odoo.columns import Database
from pipelines.sources.odoo.database import Snapshot
from pipelines.sources.odoo.tables import source_tables
from tower.errors import SourceError
from tower.settings import SourceSettings

KNOWN_VERSIONS = range(16, 20)
# Read beside the list: names of fields, and where properties stand.
BESIDE = ("ir_property", "ir_model_fields", "ir_default", "mail_activity_type", "res_currency", "resource_resource")


def read_catalogue(snapshot: Snapshot, source: SourceSettings) -> Database:
    """Describe the database. Raises SourceError where it is not one of Odoo, or has no such company."""
    wanted = {*BESIDE, *(table.base_table for table in source_tables().values())}
    listed = ", ".join(f"'{name}'" for name in sorted(wanted))
    tables: dict[str, dict[str, str]] = {}
    for table, column, data_type in snapshot.rows(
        "select cast(table_name as text), cast(column_name as text), cast(data_type as text) "
        f"from information_schema.columns where table_schema = 'public' and table_name in ({listed})"
    ):
        tables.setdefault(table, {})[column] = data_type
    if "res_company" not in tables or "res_partner" not in tables:
        raise SourceError(
            f"The database of the source {source.name!r} shows no tables of Odoo (res_company, res_partner). "
            "Name Odoo's own database, and give the role `select` on its tables."
        )
    modules = dict(
        snapshot.rows("select name, latest_version from ir_module_module where state in ('installed', 'to upgrade')")
    )
    version = ".".join((modules.get("base") or "").split(".")[:2])
    if not version.split(".")[0].isdigit() or int(version.split(".")[0]) not in KNOWN_VERSIONS:
        raise SourceError(
            f"This is Odoo {version or 'of an unknown version'}; Control Tower reads Odoo "
            f"{KNOWN_VERSIONS.start} to {KNOWN_VERSIONS.stop - 1}. Ask for support of your version."
        )
    company_id, company_name, currency, time_zone = _company(snapshot, source)
    identity = snapshot.rows("select coalesce(max(value), '') from ir_config_parameter where key = 'database.uuid'")
    return Database(
        identity=str(identity[0][0]),
        version=version,
        tables=tables,
        modules=frozenset(modules),
        company_id=company_id,
        company_name=company_name,
        currency_code=currency,
        time_zone=time_zone,
    )


def other_companies(snapshot: Snapshot, database: Database) -> list[str]:
    """The names of the companies that are not read."""
    rows = snapshot.rows(f"select name from res_company where id <> {database.company_id} order by id")
    return [name for (name,) in rows]


def _company(snapshot: Snapshot, source: SourceSettings) -> tuple[int, str, str, str]:
    """The company named in the settings, by name or number; otherwise the first one."""
    companies = snapshot.rows(
        "select cast(t.id as bigint), t.name, c.name, coalesce(p.tz, r.tz, 'UTC') from res_company t "
        "join res_currency c on c.id = t.currency_id left join res_partner p on p.id = t.partner_id "
        "left join resource_calendar r on r.id = t.resource_calendar_id order by t.id"
    )
    for company in companies:
        if source.company in {None, company[1], str(company[0])}:
            return company[0], company[1], company[2], company[3]
    names = ", ".join(repr(company[1]) for company in companies)
    raise SourceError(
        f"The database of the source {source.name!r} has no company {source.company!r}. It has {names}: "
        "write one of them as company in tower.toml."
    )
