"""How the products are made: semi-finished items, bills and routings, from the vehicle down to wire and tube."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.demo.company.draft import GRADES, RAW, SEMI, Draft, DraftItem
from pipelines.demo.company.models import CARGO, CITY, DRIVES, FOLDING, SCOOTERS, TREKKING, Model

COLOURS = (
    ("Graphite", "石墨灰"), ("Jade", "玉绿"), ("Ivory", "象牙白"), ("Cobalt", "钴蓝"), ("Sand", "沙色"),
    ("Cherry", "樱桃红"), ("Mint", "薄荷绿"), ("Slate", "板岩灰"), ("Amber", "琥珀"), ("Night", "夜黑"),
)  # fmt: skip
PAINTING_COST = 46.0
"""CNY for a frame of the middle of the range."""
# Family: letter, welded frames, painted frames, metres of tube.
FRAMES = {
    CITY: ("C", 5, 8, 3.3),
    TREKKING: ("T", 3, 6, 3.5),
    CARGO: ("G", 2, 4, 5.2),
    FOLDING: ("F", 3, 5, 2.6),
    SCOOTERS: ("S", 4, 10, 1.7),
}


def semis(draft: Draft, key: str, name: str, name_zh: str, count: int, place: str, *, most: int = 99) -> list[int]:
    """Semi-finished items of a kind, from plain to fine."""
    number_of = min(draft.scaled(count, 1), most)
    made = []
    for number in range(number_of):
        tier = (number + 0.5) / number_of
        grade, grade_zh = GRADES[int(tier * len(GRADES))]
        made.append(
            draft.add(
                DraftItem(
                    f"M-{key}-{number + 1:02d}", f"{name} {grade} {number + 1:02d}",
                    f"{name_zh} {grade_zh}{number + 1:02d}", SEMI, f"CAT-M-{key[:2]}", tier=tier, made_at=place,
                )
            )
        )  # fmt: skip
    return made


def by_product(draft: Draft, item_id: str, name: str, name_zh: str, value: float) -> int:
    """What falls out of machining; it is worth its scrap value."""
    return draft.add(DraftItem(item_id, name, name_zh, RAW, "CAT-R-SCRAP", uom="KG", cost=value))


def draw_products(draft: Draft, models: Sequence[Model]) -> None:
    """Bills and routings of all models of day 0 but the fleet variants, which follow their base."""
    own = [model for model in models if model.base < 0]
    vehicles = [model.item for model in own if model.plan.family != DRIVES]
    scooters = [model.item for model in own if model.plan.family == SCOOTERS]
    bikes = [item for item in vehicles if item not in set(scooters)]
    drives = [model.item for model in own if model.plan.family == DRIVES]
    hub_driven = [
        item for item in bikes if draft.items[item].family == FOLDING or
        (draft.items[item].family == CITY and draft.items[item].tier < 0.34)
    ]  # fmt: skip
    mid_driven = [item for item in bikes if item not in set(hub_driven)]
    boards, monitors, displays = _electronics(draft)
    controllers, hub_controllers = _controllers(draft, boards)
    hub_motors = _drive_trains(draft, drives, controllers)
    packs, scooter_packs = _batteries(draft, monitors)
    harnesses, ties = _harnesses(draft)
    _frames(draft, own)
    _wheels(draft, bikes, scooters)
    _handlebars(draft, bikes, scooters)
    draft.share(mid_driven, drives, 1, "drive unit", operation=10)
    draft.share([*hub_driven, *scooters], hub_motors, 1, "hub motor", operation=10)
    draft.share([*hub_driven, *scooters], hub_controllers, 1, "hub controller", operation=10)
    draft.share(bikes, packs, 1, "pack", operation=10)
    draft.share(scooters, scooter_packs, 1, "scooter pack", operation=10)
    draft.share(vehicles, displays, 1, "display", operation=10)
    draft.share(vehicles, harnesses, 1, "harness", operation=10)
    _kits(draft, bikes, scooters, drives, ties)
    _bought_for_bikes(draft, bikes)
    _bought_for_scooters(draft, scooters)
    _packed(draft, bikes, scooters, drives)
    draft.operation(bikes, 10, "ASMB", "Assemble e-bike 电助力车总装", 0.8, 1.05)
    draft.operation(scooters, 10, "ASMS", "Assemble scooter 滑板车总装", 0.6, 0.58)
    draft.operation(vehicles, 20, "TEST", "Final test 终检", 0.2, 0.24, True)
    draft.operation(vehicles, 30, "PACK", "Pack 包装", 0.2, 0.13)


def _electronics(draft: Draft) -> tuple[list[int], list[int], list[int]]:
    boards = semis(draft, "EB", "Controller board", "控制器电路板", 7, "P2")
    monitors = semis(draft, "EM", "Battery board", "电池管理板", 4, "P2")
    panels = semis(draft, "ED", "Display board", "显示电路板", 4, "P2")
    displays = semis(draft, "DP", "Display unit", "显示单元", 4, "P2")
    every = [*boards, *monitors, *panels]

    def mounted(key: str, main: float, monitor: float, panel: float) -> None:
        counts = [main] * len(boards) + [monitor] * len(monitors) + [panel] * len(panels)
        wanted = [(board, count) for board, count in zip(every, counts, strict=True) if count > 0]
        draft.use([board for board, _ in wanted], key, [count for _, count in wanted], operation=10, scrap_rate=0.005)

    for key, main, monitor, panel in (
        ("C-PCB", 1, 1, 1), ("C-MCU", 1, 0, 1), ("C-MOS", 6, 4, 0), ("C-GDR", 3, 0, 0), ("C-CAP", 22, 12, 8),
        ("C-RES", 1, 1, 1), ("C-XTL", 1, 0, 1), ("C-IND", 2, 0, 1), ("C-DDC", 1, 0, 0), ("C-CAN", 1, 0, 1),
        ("C-BIC", 0, 1, 0), ("C-THM", 0, 3, 0), ("C-BCN", 3, 2, 2), ("R-SLD", 0.012, 0.006, 0.004),
    ):  # fmt: skip
        mounted(key, main, monitor, panel)
    draft.operation(every, 10, "SMT", "Place and solder 贴片焊接", 0.9, 0.055)
    draft.operation(every, 20, "SMT", "Optical inspection 光学检验", 0.1, 0.015, True)
    draft.share(displays, panels, 1, "panel", operation=10)
    for key in ("C-LCD", "C-DCS", "C-BTN"):
        draft.use(displays, key, 1, operation=10)
    draft.operation(displays, 10, "HARN", "Assemble display 显示器装配", 0.3, 0.10)
    return boards, monitors, displays


def _controllers(draft: Draft, boards: Sequence[int]) -> tuple[list[int], list[int]]:
    mid = semis(draft, "CT", "Drive controller", "驱动控制器", 5, "P2")
    hub = semis(draft, "CH", "Hub motor controller", "轮毂电机控制器", 4, "P2")
    every = [*mid, *hub]
    draft.share(every, boards, 1, "controller board", operation=10)
    for key, quantity in (("C-CHS", 1.0), ("C-HSK", 1.0), ("C-GSK", 1.0), ("R-TPD", 0.12), ("R-COT", 0.015)):
        draft.use(every, key, quantity, operation=10)
    draft.operation(every, 10, "HARN", "Assemble controller 控制器装配", 0.3, 0.12)
    draft.operation(every, 20, "EOL", "Test controller 控制器测试", 0.2, 0.05, True)
    return mid, hub


def _drive_trains(draft: Draft, drives: Sequence[int], controllers: Sequence[int]) -> list[int]:
    mid = semis(draft, "MM", "Mid motor", "中置电机", 8, "P2", most=len(drives))
    hub = semis(draft, "MH", "Hub motor", "轮毂电机", 5, "P2")
    stators = semis(draft, "ST", "Stator", "定子", 9, "P2")
    rotors = semis(draft, "RO", "Rotor", "转子", 9, "P2")
    housings = semis(draft, "HO", "Machined housing", "机加壳体", 5, "P2")
    shafts = semis(draft, "SH", "Machined shaft", "机加轴", 4, "P2")
    motors = [*mid, *hub]
    draft.share(motors, stators, 1, "stator", operation=10)
    draft.share(motors, rotors, 1, "rotor", operation=10)
    draft.share(motors, shafts, 1, "shaft", operation=10)
    draft.use([*motors, *drives], "C-BRG", [2.0] * len(motors) + [3.0] * len(drives), operation=10)
    for key, quantity in (("C-HAL", 3.0), ("C-TMP", 1.0), ("C-MCN", 1.0), ("R-EPX", 0.08)):
        draft.use(motors, key, quantity, operation=10)
    draft.use([*hub, *drives], "C-SEA", 2, operation=10)
    greases = draft.use([*hub, *drives], "R-GRE", 0.03, operation=10)
    draft.share(housings, greases, 0.25, "cutting grease", operation=10, is_fixed=True)
    draft.share([*hub, *drives], housings, 1, "housing", operation=10)
    draft.share(drives, mid, 1, "mid motor", operation=10)
    draft.share(drives, controllers, 1, "drive controller", operation=10)
    for key in ("C-GRS", "C-TSN", "C-CLT"):
        draft.use(drives, key, 1, operation=10)
    draft.use(stators, "R-CUW", 0.42, operation=10, scrap_rate=0.03)
    draft.use(stators, "R-VAR", 0.05, operation=20)
    draft.use([*stators, *rotors], "R-LAM", [1.1] * len(stators) + [0.45] * len(rotors), operation=10, scrap_rate=0.04)
    draft.use(rotors, "C-MAG", 16, operation=10, scrap_rate=0.01)
    draft.use(rotors, "R-ADH", 0.015, operation=10)
    draft.use(housings, "R-ABL", 1.8, operation=10, scrap_rate=0.02)
    draft.use(shafts, "R-STB", 0.5, operation=10, scrap_rate=0.02)
    _falls_out(draft, housings, shafts, stators)
    draft.operation(stators, 10, "WIND", "Wind stator 定子绕线", 0.6, 0.20)
    draft.operation(stators, 20, "WIND", "Impregnate 浸漆", 0.3, 0.05)
    draft.operation(rotors, 10, "WIND", "Bond magnets 磁钢粘接", 0.4, 0.12)
    draft.operation([*housings], 10, "MACH", "Machine housing 壳体加工", 1.0, 0.26)
    draft.operation([*shafts], 10, "MACH", "Machine shaft 轴加工", 0.8, 0.11)
    draft.operation(motors, 10, "DRIVE", "Assemble motor 电机装配", 0.4, 0.19)
    draft.operation(motors, 20, "EOL", "Test motor 电机测试", 0.2, 0.06, True)
    draft.operation(drives, 10, "DRIVE", "Assemble drive unit 驱动单元装配", 0.5, 0.52)
    draft.operation(drives, 20, "EOL", "Test drive unit 驱动单元测试", 0.2, 0.2, True)
    return hub


def _falls_out(draft: Draft, housings: Sequence[int], shafts: Sequence[int], stators: Sequence[int]) -> None:
    chips = by_product(draft, "R-CHIP-AL", "Aluminium chips", "铝屑", 9.5)
    swarf = by_product(draft, "R-CHIP-FE", "Steel chips", "钢屑", 1.8)
    copper = by_product(draft, "R-SCRAP-CU", "Copper scrap", "废铜", 46.0)
    draft.by_products += [(housing, chips, 0.7) for housing in housings]
    draft.by_products += [(shaft, swarf, 0.11) for shaft in shafts]
    draft.by_products += [(stator, copper, 0.012) for stator in stators]


def _batteries(draft: Draft, monitors: Sequence[int]) -> tuple[list[int], list[int]]:
    modules = semis(draft, "BM", "Battery module", "电池模组", 5, "P2")
    packs = semis(draft, "BP", "Battery pack", "电池包", 6, "P2")
    scooter_packs = semis(draft, "BS", "Scooter battery pack", "滑板车电池包", 4, "P2")
    every = [*packs, *scooter_packs]
    draft.use(modules, "C-CEL", 10, operation=10, scrap_rate=0.01)
    draft.use(modules, "C-CHD", 2, operation=10)
    draft.use(modules, "R-NIS", 0.8, operation=10, scrap_rate=0.03)
    draft.share(every, modules, [4.0] * len(packs) + [2.0] * len(scooter_packs), "module", operation=10)
    draft.share(every, monitors, 1, "battery board", operation=10)
    for key, quantity in (
        ("C-PCS", 1.0), ("C-PLK", 1.0), ("C-CHP", 1.0), ("C-FUS", 2.0), ("R-FTP", 0.6), ("R-HSH", 0.9),
    ):  # fmt: skip
        draft.use(every, key, quantity, operation=10)
    draft.operation(modules, 10, "BATT", "Weld module 模组焊接", 0.5, 0.07)
    draft.operation(every, 10, "BATT", "Assemble pack 电池包装配", 0.5, 0.30)
    draft.operation(every, 20, "EOL", "Charge and test 充放电测试", 0.3, 0.10, True)
    return packs, scooter_packs


def _harnesses(draft: Draft) -> tuple[list[int], list[int]]:
    harnesses = semis(draft, "WH", "Wiring harness", "线束", 8, "P2")
    draft.use(harnesses, "R-CBL", 3.2, operation=10, scrap_rate=0.03)
    draft.use(harnesses, "C-HCN", 6, operation=10)
    ties = draft.use(harnesses, "C-TIE", 5, operation=10)
    draft.operation(harnesses, 10, "HARN", "Make harness 线束制作", 0.4, 0.20)
    return harnesses, ties


def _frames(draft: Draft, models: Sequence[Model]) -> None:
    """Welded in Chongqing, painted by the subcontractor, built in at Suzhou."""
    welded: list[int] = []
    painted: list[int] = []
    metres: list[float] = []
    for family, (prefix, welded_count, painted_count, length) in FRAMES.items():
        users = [model.item for model in models if model.plan.family == family]
        own = semis(draft, f"FW{prefix}", "Welded frame", "焊接车架", welded_count, "P2", most=len(users))
        count = min(draft.scaled(painted_count, 1), len(users))
        coloured = [
            paint_frame(draft, f"M-FP{prefix}-{number + 1:02d}", number + 3 * family, (number + 0.5) / count)
            for number in range(count)
        ]
        draft.share(coloured, own, 1, f"welded {family}")
        draft.share(users, coloured, 1, f"painted {family}", operation=10)
        welded += own
        painted += coloured
        metres += [length] * len(own)
        is_bike = family != SCOOTERS
        draft.operation(own, 10, "MACH", "Cut and mitre tubes 管材切割", 0.5, 0.11 if is_bike else 0.06)
        draft.operation(own, 20, "WELD", "Weld frame 车架焊接", 0.8, 0.85 if is_bike else 0.48)
        draft.operation(own, 30, "WELD", "Align and check 校正检验", 0.1, 0.06, True)
        if family == FOLDING:
            draft.use(own, "C-HNG", 1, operation=20)
    draft.use(painted, "R-PNT", 0.3)
    draft.use(painted, "R-PRM", 0.15)
    draft.use(welded, "R-ATB", metres, operation=10, scrap_rate=0.04)
    draft.use(welded, "R-WLD", 0.08, operation=20)


def paint_frame(draft: Draft, item_id: str, colour: int, tier: float) -> int:
    """A painted frame at the painter's price; the caller adds its lines."""
    name, name_zh = COLOURS[colour % len(COLOURS)]
    number = item_id[2:]
    price = round(PAINTING_COST * (0.75 + 0.5 * tier), 2)
    return draft.add(
        DraftItem(
            item_id, f"Painted frame {number} {name}", f"喷涂车架{number} {name_zh}", SEMI, "CAT-M-FP", cost=price,
            tier=tier, made_at="SUB1",
        )
    )  # fmt: skip


def _wheels(draft: Draft, bikes: Sequence[int], scooters: Sequence[int]) -> None:
    front = semis(draft, "WF", "Front wheel", "前轮", 9, "P1", most=len(bikes))
    rear = semis(draft, "WR", "Rear wheel", "后轮", 9, "P1", most=len(bikes))
    small = semis(draft, "WS", "Scooter wheel", "滑板车轮", 3, "P1", most=len(scooters))
    laced = [*front, *rear]
    for key, quantity in (("C-SPK", 36.0), ("C-NIP", 36.0)):
        draft.use(laced, key, quantity, operation=10, scrap_rate=0.01)
    for key in ("C-RIM", "C-RTP", "C-TYR", "C-TUB"):
        draft.use(laced, key, 1, operation=10)
    draft.use(front, "C-HBF", 1, operation=10)
    draft.use(rear, "C-HBB", 1, operation=10)
    draft.use([*laced, *small], "R-SLT", 0.06, operation=10)
    draft.use([*small, *scooters], "C-SCT", 1, operation=10)
    draft.share(bikes, front, 1, "front wheel", operation=10)
    draft.share(bikes, rear, 1, "rear wheel", operation=10)
    draft.share(scooters, small, 1, "scooter wheel", operation=10)
    draft.operation(laced, 10, "WHEEL", "Lace and true 编圈校正", 0.4, 0.19)
    draft.operation(small, 10, "WHEEL", "Mount scooter wheel 装滑板车轮", 0.3, 0.08)


def _handlebars(draft: Draft, bikes: Sequence[int], scooters: Sequence[int]) -> None:
    wide = semis(draft, "HB", "Handlebar assembly", "车把总成", 7, "P1", most=len(bikes))
    narrow = semis(draft, "HS", "Scooter handlebar", "滑板车把总成", 3, "P1", most=len(scooters))
    every = [*wide, *narrow]
    for key in ("C-HBR", "C-GRP", "C-BLV"):
        draft.use(every, key, 1, operation=10)
    draft.use(wide, "C-SHF", 1, operation=10)
    draft.use(narrow, "C-THR", 1, operation=10)
    draft.share(bikes, wide, 1, "handlebar", operation=10)
    draft.share(scooters, narrow, 1, "scooter handlebar", operation=10)
    draft.operation(every, 10, "SUBA", "Assemble handlebar 车把装配", 0.3, 0.15)


def _kits(
    draft: Draft, bikes: Sequence[int], scooters: Sequence[int], drives: Sequence[int], ties: Sequence[int]
) -> None:
    """Phantoms: kits that are only gathered, never stocked."""
    fastening = _phantoms(draft, "FK", "Fastening kit", "紧固件包", 9, "P1")
    motor_kits = _phantoms(draft, "MK", "Motor screw kit", "电机螺钉包", 3, "P2")
    cables = _phantoms(draft, "CK", "Cable kit", "线缆包", 5, "P1")
    kits = [*fastening, *motor_kits]
    screws, nuts = draft.variants("C-SCR", 3 * len(kits)), draft.variants("C-NUT", len(kits))
    washers = draft.variants("C-WSH", len(kits))
    for number, kit in enumerate(kits):
        chosen = list(dict.fromkeys(screws[(2 * number + step) % len(screws)] for step in range(3)))
        for step, screw in enumerate(chosen):
            draft.add_line(kit, screw, (12, 8, 4)[step])
        draft.add_line(kit, nuts[number % len(nuts)], 6)
        draft.add_line(kit, washers[number % len(washers)], 10)
    draft.use(kits, "R-TLK", 0.002)
    for key, quantity in (("C-BCB", 2.0), ("C-SCB", 1.0), ("C-CHO", 2.0)):
        draft.use(cables, key, quantity)
    draft.share(cables, ties, 6, "ties of a cable kit")
    draft.share([*bikes, *scooters], fastening, 1, "fastening kit", operation=10)
    draft.share(drives, motor_kits, 1, "motor kit", operation=10)
    draft.share(bikes, cables, 1, "cable kit", operation=10)


def _phantoms(draft: Draft, key: str, name: str, name_zh: str, count: int, place: str) -> list[int]:
    kits = semis(draft, key, name, name_zh, count, place)
    for kit in kits:
        draft.items[kit].is_phantom = True
    return kits


def _bought_for_bikes(draft: Draft, bikes: Sequence[int]) -> None:
    for key in (
        "FRK", "HST", "STM", "SPT", "SCL", "SAD", "CRK", "CHN", "PED", "CAS", "DRL", "CHG", "BRK", "HLT", "RFL",
        "FND", "RCK", "KST", "BEL", "LCK", "SSN",
    ):  # fmt: skip
        draft.use(bikes, f"C-{key}", 1, operation=10)
    draft.use(bikes, "C-DSC", 2, operation=10)
    draft.use([bike for bike in bikes if draft.items[bike].family == CARGO], "C-CBX", 1, operation=10)


def _bought_for_scooters(draft: Draft, scooters: Sequence[int]) -> None:
    for key in ("SST", "SDK", "SSU", "SFD", "SBK", "SLT", "SKS", "SLA"):
        draft.use(scooters, f"C-{key}", 1, operation=10)


def _packed(draft: Draft, bikes: Sequence[int], scooters: Sequence[int], drives: Sequence[int]) -> None:
    vehicles = [*bikes, *scooters]
    everything = [*vehicles, *drives]
    draft.use(vehicles, "C-CGR", 1, operation=30)
    draft.use(vehicles, "C-RLT", 1, operation=10)
    draft.use(everything, "C-DCL", 1, operation=10)
    draft.use(everything, "C-LBL", 1, operation=20)
    draft.use(bikes, "K-KBC", 1, operation=30)
    draft.use(scooters, "K-KSC", 1, operation=30)
    draft.use(drives, "K-KDC", 1, operation=20)
    draft.use(vehicles, "K-KFI", 2, operation=30)
    draft.use(everything, "K-KMN", 1, operation=20)
    draft.use(vehicles, "K-KBG", 1, operation=30)
    draft.use(vehicles, "K-KST", 4.5, operation=30)
