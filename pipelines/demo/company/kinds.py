"""What Lanhe Mobility buys, as kinds of parts: each kind becomes several items, from a plain to a fine variant.

`variants` is the number of items of the kind with the whole catalogue; a kind with few variants falls away in a small
catalogue. Costs are CNY per base unit of the plainest and the finest variant.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.demo.company.company import ITEM_TYPES

COMPONENT, RAW, PACKAGING = (ITEM_TYPES.index(name) for name in ("component", "raw_material", "packaging"))


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of bought part; `group` is the trade of the suppliers who make it."""

    key: str
    name: str
    name_zh: str
    group: str
    variants: int
    low_cost: float
    high_cost: float
    uom: str = "PCS"
    shelf_life_days: int = 0
    item_type: int = COMPONENT

    @property
    def is_lot_tracked(self) -> bool:
        return self.shelf_life_days > 0


def _kinds(item_type: int, rows: str) -> list[Kind]:
    kinds = []
    for row in rows.strip().splitlines():
        key, name, name_zh, group, variants, low, high, *more = (cell.strip() for cell in row.split("|"))
        uom, shelf_life = (more + ["PCS", "0"][len(more) :])[:2]
        kinds.append(
            Kind(key, name, name_zh, group, int(variants), float(low), float(high), uom, int(shelf_life), item_type)
        )
    return kinds


# key | name | name_zh | trade | variants | lowest cost | highest cost | unit | shelf life
_COMPONENTS = """
FRK | Front fork | 前叉 | frame_parts | 12 | 85 | 760
HST | Headset | 碗组 | frame_parts | 7 | 12 | 40
STM | Stem | 把立 | frame_parts | 8 | 15 | 60
SPT | Seat post | 座管 | frame_parts | 8 | 14 | 70
SCL | Seat clamp | 座管夹 | frame_parts | 5 | 4 | 12
SAD | Saddle | 鞍座 | saddles | 12 | 26 | 190
GRP | Grip pair | 把套 | saddles | 9 | 7 | 36
CRK | Crank set | 牙盘曲柄 | drivetrain | 9 | 38 | 300
CHN | Chain | 链条 | drivetrain | 7 | 13 | 60
PED | Pedal pair | 脚踏 | drivetrain | 8 | 11 | 48
CAS | Cassette | 飞轮 | drivetrain | 8 | 20 | 260
DRL | Rear derailleur | 后拨链器 | drivetrain | 8 | 26 | 420
SHF | Shifter | 变速手柄 | drivetrain | 8 | 16 | 85
CHG | Chain guard | 链罩 | plastics | 6 | 7 | 22
BRK | Hydraulic brake set | 液压刹车组 | brakes | 12 | 62 | 520
DSC | Brake disc | 刹车碟片 | brakes | 7 | 9 | 34
BLV | Brake lever | 刹把 | brakes | 7 | 8 | 36
HLT | Headlight | 前灯 | lights | 10 | 16 | 90
RLT | Rear light | 尾灯 | lights | 9 | 8 | 42
RFL | Reflector set | 反光片套 | lights | 4 | 2 | 5
FND | Mudguard set | 泥板套件 | plastics | 11 | 15 | 52
RCK | Luggage rack | 后货架 | frame_parts | 9 | 22 | 95
KST | Kickstand | 脚撑 | frame_parts | 7 | 8 | 34
BEL | Bell | 车铃 | lights | 5 | 2 | 11
LCK | Frame lock | 车锁 | frame_parts | 5 | 16 | 62
CGR | Charger | 充电器 | electronics | 8 | 34 | 125
DCL | Decal set | 贴标套 | printing | 46 | 3 | 11
LBL | Serial number label | 序列号标签 | printing | 2 | 0.3 | 0.6
SSN | Speed sensor | 速度传感器 | electronics | 5 | 7 | 22
TSN | Torque sensor | 力矩传感器 | electronics | 6 | 125 | 330
CBX | Cargo box | 货箱 | plastics | 4 | 120 | 340
HNG | Folding hinge | 折叠铰链 | frame_parts | 4 | 28 | 62
HBR | Handlebar | 车把 | frame_parts | 8 | 12 | 72
THR | Throttle | 转把 | electronics | 4 | 11 | 24
RIM | Rim | 轮圈 | wheels | 9 | 22 | 190
HBF | Front hub | 前花鼓 | wheels | 6 | 16 | 68
HBB | Rear hub | 后花鼓 | wheels | 6 | 20 | 88
SPK | Spoke | 辐条 | wheels | 7 | 0.25 | 0.9
NIP | Spoke nipple | 辐条帽 | wheels | 3 | 0.06 | 0.18
RTP | Rim tape | 轮圈胶带 | wheels | 3 | 1 | 3
TYR | Tyre | 外胎 | tyres | 12 | 21 | 105
TUB | Inner tube | 内胎 | tyres | 7 | 6 | 17
SST | Folding stem | 折叠立杆 | scooter_parts | 6 | 38 | 120
SDK | Deck mat | 踏板垫 | plastics | 7 | 8 | 24
SSU | Front suspension | 前减震 | scooter_parts | 6 | 24 | 130
SCT | Scooter tyre | 滑板车轮胎 | tyres | 6 | 17 | 44
SFD | Scooter mudguard | 滑板车挡泥板 | plastics | 6 | 6 | 15
SBK | Scooter brake | 滑板车刹车 | brakes | 6 | 21 | 66
SLT | Scooter light | 滑板车灯 | lights | 5 | 10 | 30
SKS | Scooter stand | 滑板车脚撑 | scooter_parts | 3 | 4 | 9
SLA | Stem latch | 立杆锁扣 | scooter_parts | 4 | 8 | 19
BRG | Bearing | 轴承 | bearings | 10 | 3 | 17
MAG | Magnet segment | 磁钢片 | magnets | 8 | 1.6 | 4.2
HAL | Hall sensor | 霍尔传感器 | semiconductors | 4 | 0.9 | 2.4
SEA | Shaft seal | 轴封 | bearings | 4 | 1.5 | 4
GRS | Gear set | 齿轮组 | drivetrain | 6 | 125 | 320
TMP | Temperature sensor | 温度传感器 | semiconductors | 3 | 0.8 | 2
CLT | Freewheel clutch | 单向离合器 | bearings | 4 | 38 | 105
MCN | Motor connector | 电机接插件 | connectors | 5 | 5 | 13
MCU | Microcontroller | 微控制器 | semiconductors | 6 | 6 | 24
MOS | Power transistor | 功率管 | semiconductors | 8 | 1.6 | 5
GDR | Gate driver | 栅极驱动器 | semiconductors | 5 | 2.4 | 7
CAP | Capacitor | 电容 | semiconductors | 8 | 0.2 | 1.1
RES | Resistor set | 电阻组 | semiconductors | 6 | 0.5 | 1.8
XTL | Crystal | 晶振 | semiconductors | 3 | 0.5 | 1.2
IND | Inductor | 电感 | semiconductors | 5 | 0.6 | 2.2
DDC | Voltage converter | 电压转换器 | semiconductors | 4 | 2 | 6
CAN | Bus transceiver | 总线收发器 | semiconductors | 3 | 1.8 | 4
PCB | Printed circuit board | 印制电路板 | electronics | 13 | 3 | 14
BCN | Board connector | 板端接插件 | connectors | 7 | 0.8 | 3.6
CHS | Controller housing | 控制器外壳 | plastics | 6 | 9 | 26
HSK | Heat sink | 散热片 | metals | 5 | 5 | 16
GSK | Gasket | 密封圈 | plastics | 4 | 0.8 | 2.2
CEL | Lithium cell | 锂电芯 | cells | 6 | 5.2 | 13.5 | PCS | 360
FUS | Fuse | 保险丝 | connectors | 4 | 1 | 3
THM | Thermistor | 热敏电阻 | semiconductors | 3 | 0.4 | 1
BIC | Battery monitor | 电池监测芯片 | semiconductors | 4 | 5 | 14
PCS | Battery case | 电池外壳 | plastics | 7 | 26 | 78
PLK | Battery lock | 电池锁 | frame_parts | 5 | 9 | 24
CHP | Charging port | 充电口 | connectors | 5 | 4 | 11
CHD | Cell holder | 电芯支架 | plastics | 5 | 2.2 | 5
LCD | Display panel | 显示屏 | electronics | 6 | 14 | 115
DCS | Display case | 显示器外壳 | plastics | 4 | 5 | 15
BTN | Button pad | 按键板 | electronics | 4 | 3 | 8
HCN | Harness connector | 线束接插件 | connectors | 7 | 2.2 | 7
BCB | Brake cable | 刹车线 | cables | 4 | 3 | 8
SCB | Shift cable | 变速线 | cables | 3 | 3 | 7
CHO | Cable housing | 线管 | cables | 6 | 2 | 6
SCR | Screw | 螺钉 | fasteners | 14 | 0.05 | 0.4
NUT | Nut | 螺母 | fasteners | 6 | 0.04 | 0.3
WSH | Washer | 垫圈 | fasteners | 6 | 0.02 | 0.12
TIE | Cable tie | 扎带 | fasteners | 6 | 0.05 | 0.12
IOT | Fleet tracker | 车队定位模块 | electronics | 6 | 95 | 160
"""

_RAW = """
ATB | Aluminium tube 6061 | 6061铝管 | metals | 13 | 15 | 32 | M
ABL | Aluminium billet | 铝锭坯 | metals | 7 | 21 | 29 | KG
STB | Steel bar | 圆钢 | metals | 7 | 6 | 13 | KG
WLD | Welding wire | 焊丝 | metals | 5 | 32 | 60 | KG
LAM | Electrical steel strip | 硅钢带 | metals | 7 | 9 | 16 | KG
CUW | Enamelled copper wire | 漆包铜线 | metals | 8 | 66 | 82 | KG
VAR | Insulating varnish | 绝缘漆 | chemicals | 4 | 34 | 60 | KG | 270
EPX | Potting resin | 灌封胶 | chemicals | 6 | 38 | 80 | KG | 270
ADH | Structural adhesive | 结构胶 | chemicals | 6 | 75 | 160 | KG | 180
TLK | Thread locker | 螺纹胶 | chemicals | 4 | 210 | 320 | KG | 360
SLD | Solder paste | 锡膏 | chemicals | 5 | 290 | 420 | KG | 180
COT | Conformal coating | 三防漆 | chemicals | 4 | 90 | 150 | KG | 270
CBL | Cable | 电缆 | cables | 11 | 2.2 | 8.5 | M
HSH | Heat-shrink tube | 热缩管 | cables | 6 | 0.6 | 2.4 | M
NIS | Nickel strip | 镍带 | metals | 5 | 2.4 | 5 | M
TPD | Thermal tape | 导热胶带 | chemicals | 5 | 6 | 15 | M
GRE | Grease | 润滑脂 | chemicals | 6 | 38 | 85 | KG
PNT | Powder paint | 粉末涂料 | chemicals | 14 | 30 | 58 | KG | 360
PRM | Primer | 底漆 | chemicals | 5 | 26 | 42 | KG | 360
SLT | Tyre sealant | 补胎液 | tyres | 6 | 24 | 48 | KG | 540
FTP | Foam tape | 泡棉胶带 | chemicals | 5 | 0.8 | 2 | M
"""

_PACKAGING = """
KBC | Bicycle carton | 自行车纸箱 | packaging | 10 | 19 | 46
KSC | Scooter carton | 滑板车纸箱 | packaging | 7 | 10 | 20
KDC | Drive unit carton | 驱动单元纸箱 | packaging | 5 | 4 | 9
KFI | Foam insert | 泡沫内衬 | packaging | 8 | 4 | 13
KMN | Manual | 说明书 | printing | 8 | 1.4 | 4.5
KBG | Protective bag | 保护袋 | packaging | 5 | 0.5 | 1.8
KST | Strapping band | 打包带 | packaging | 2 | 0.12 | 0.2 | M
"""


def _all_kinds() -> dict[str, Kind]:
    tables = (("C", COMPONENT, _COMPONENTS), ("R", RAW, _RAW), ("K", PACKAGING, _PACKAGING))
    return {f"{letter}-{kind.key}": kind for letter, code, rows in tables for kind in _kinds(code, rows)}


KINDS: dict[str, Kind] = _all_kinds()

# Spare parts: kind | name | name_zh | trade | cost of the plainest | of the finest | units a week of all of the kind.
SPARES = (
    ("PAD", "Brake pads", "刹车片", "brakes", 9.0, 40.0),
    ("TYR", "Spare tyre", "备件外胎", "tyres", 22.0, 95.0),
    ("TUB", "Spare inner tube", "备件内胎", "tyres", 9.0, 18.0),
    ("CHN", "Spare chain", "备件链条", "drivetrain", 15.0, 70.0),
    ("CGR", "Spare charger", "备件充电器", "electronics", 50.0, 130.0),
    ("DSP", "Spare display", "备件显示器", "electronics", 45.0, 160.0),
    ("CTL", "Spare controller", "备件控制器", "electronics", 80.0, 210.0),
    ("LGT", "Spare light", "备件车灯", "lights", 12.0, 80.0),
    ("SAD", "Spare saddle", "备件鞍座", "saddles", 28.0, 130.0),
    ("LEV", "Spare brake lever", "备件刹把", "brakes", 10.0, 40.0),
    ("FRK", "Spare fork", "备件前叉", "frame_parts", 90.0, 290.0),
    ("HRN", "Spare wiring harness", "备件线束", "cables", 30.0, 80.0),
    ("BRG", "Bearing kit", "轴承套件", "bearings", 14.0, 46.0),
    ("BLT", "Screw kit", "螺钉套件", "fasteners", 9.0, 25.0),
    ("KEY", "Lock with keys", "锁具", "frame_parts", 18.0, 60.0),
)
