"""Words that names are made of: cities, family names, trades. Invented companies; any likeness is chance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class City:
    """A city; `region` is the sales region it belongs to."""

    name: str
    name_zh: str
    latitude: float
    longitude: float
    region: str


def _cities(rows: str) -> tuple[City, ...]:
    cities = []
    for row in rows.strip().splitlines():
        name, name_zh, latitude, longitude, region = (cell.strip() for cell in row.split("|"))
        cities.append(City(name, name_zh, float(latitude), float(longitude), region))
    return tuple(cities)


CITIES: dict[str, tuple[City, ...]] = {
    "CN": _cities("""
        Shanghai | 上海 | 31.23 | 121.47 | East China
        Shenzhen | 深圳 | 22.54 | 114.06 | South China
        Hangzhou | 杭州 | 30.27 | 120.16 | East China
        Beijing | 北京 | 39.90 | 116.41 | North China
        Chengdu | 成都 | 30.57 | 104.07 | West China
        Guangzhou | 广州 | 23.13 | 113.26 | South China
        Nanjing | 南京 | 32.06 | 118.80 | East China
        Wuhan | 武汉 | 30.59 | 114.31 | Central China
        Ningbo | 宁波 | 29.87 | 121.54 | East China
        Dongguan | 东莞 | 23.02 | 113.75 | South China
        Chongqing | 重庆 | 29.56 | 106.55 | West China
        Wuxi | 无锡 | 31.49 | 120.31 | East China
        Tianjin | 天津 | 39.13 | 117.20 | North China
        Xiamen | 厦门 | 24.48 | 118.09 | South China
        Changzhou | 常州 | 31.81 | 119.97 | East China
        Foshan | 佛山 | 23.02 | 113.12 | South China
        Qingdao | 青岛 | 36.07 | 120.38 | North China
        Changsha | 长沙 | 28.23 | 112.94 | Central China
        Kunshan | 昆山 | 31.38 | 120.98 | East China
        Xi'an | 西安 | 34.34 | 108.94 | West China
        Zhuhai | 珠海 | 22.27 | 113.58 | South China
        Kunming | 昆明 | 25.04 | 102.71 | West China
    """),
    "TW": _cities("""
        Taichung | 台中 | 24.15 | 120.67 | Asia
        Hsinchu | 新竹 | 24.80 | 120.97 | Asia
        Changhua | 彰化 | 24.08 | 120.54 | Asia
        Taoyuan | 桃园 | 24.99 | 121.30 | Asia
    """),
    "JP": _cities("""
        Osaka | 大阪 | 34.69 | 135.50 | Asia
        Nagoya | 名古屋 | 35.18 | 136.91 | Asia
        Sakai | 堺 | 34.57 | 135.48 | Asia
        Yokohama | 横滨 | 35.44 | 139.64 | Asia
    """),
    "KR": _cities("""
        Ulsan | 蔚山 | 35.54 | 129.31 | Asia
        Cheonan | 天安 | 36.82 | 127.11 | Asia
        Busan | 釜山 | 35.18 | 129.08 | Asia
        Incheon | 仁川 | 37.46 | 126.71 | Asia
    """),
    "VN": _cities("""
        Ho Chi Minh City | 胡志明市 | 10.82 | 106.63 | Asia
        Hai Phong | 海防 | 20.84 | 106.69 | Asia
        Bien Hoa | 边和 | 10.95 | 106.82 | Asia
    """),
    "DE": _cities("""
        Stuttgart | 斯图加特 | 48.78 | 9.18 | DACH
        Berlin | 柏林 | 52.52 | 13.40 | DACH
        Hamburg | 汉堡 | 53.55 | 9.99 | DACH
        Münster | 明斯特 | 51.96 | 7.63 | DACH
        Nürnberg | 纽伦堡 | 49.45 | 11.08 | DACH
        Köln | 科隆 | 50.94 | 6.96 | DACH
    """),
    "NL": _cities("""
        Amsterdam | 阿姆斯特丹 | 52.37 | 4.90 | Benelux
        Utrecht | 乌得勒支 | 52.09 | 5.12 | Benelux
        Eindhoven | 埃因霍温 | 51.44 | 5.48 | Benelux
        Groningen | 格罗宁根 | 53.22 | 6.57 | Benelux
    """),
    "IT": _cities("""
        Vicenza | 维琴察 | 45.55 | 11.54 | South Europe
        Milano | 米兰 | 45.46 | 9.19 | South Europe
        Bologna | 博洛尼亚 | 44.49 | 11.34 | South Europe
    """),
    "US": _cities("""
        Austin | 奥斯汀 | 30.27 | -97.74 | North America
        Portland | 波特兰 | 45.52 | -122.68 | North America
        Long Beach | 长滩 | 33.77 | -118.19 | North America
    """),
    "FR": _cities("""
        Lyon | 里昂 | 45.76 | 4.84 | South Europe
        Nantes | 南特 | 47.22 | -1.55 | South Europe
    """),
    "SG": _cities("""
        Singapore | 新加坡 | 1.35 | 103.82 | Asia
    """),
}
PORTS = {
    "TW": "Taichung", "JP": "Osaka", "KR": "Busan", "VN": "Hai Phong", "DE": "Hamburg", "NL": "Rotterdam",
    "IT": "Genova", "US": "Long Beach", "FR": "Le Havre", "SG": "Singapore",
}  # fmt: skip

TRADES = {
    "frame_parts": ("Precision Parts", "精密部件"),
    "saddles": ("Saddles", "鞍座"),
    "drivetrain": ("Transmission", "传动"),
    "brakes": ("Brakes", "制动"),
    "lights": ("Lighting", "照明"),
    "plastics": ("Plastics", "塑业"),
    "printing": ("Printing", "印务"),
    "electronics": ("Electronics", "电子"),
    "semiconductors": ("Semiconductor", "半导体"),
    "wheels": ("Wheels", "轮业"),
    "tyres": ("Rubber", "橡胶"),
    "scooter_parts": ("Hardware", "五金"),
    "bearings": ("Bearings", "轴承"),
    "magnets": ("Magnetics", "磁业"),
    "connectors": ("Connectors", "接插件"),
    "cables": ("Cable", "线缆"),
    "cells": ("Energy Cells", "锂能"),
    "metals": ("Metals", "金属"),
    "chemicals": ("Chemicals", "化工"),
    "fasteners": ("Fasteners", "紧固件"),
    "packaging": ("Packaging", "包装"),
    "painting": ("Coating", "喷涂"),
}

# Brand words: pinyin and characters.
BRANDS = (
    ("Hengda", "恒达"), ("Yufeng", "裕丰"), ("Xinrui", "鑫锐"), ("Jiahe", "嘉禾"), ("Minghui", "明辉"),
    ("Tianyi", "天翼"), ("Hongtu", "宏图"), ("Ruikang", "瑞康"), ("Shunda", "顺达"), ("Lianxin", "联信"),
    ("Haoyu", "浩宇"), ("Jinlong", "金龙"), ("Fuyuan", "富源"), ("Zhengtai", "正泰来"), ("Kaixin", "凯信"),
    ("Weiye", "伟业"), ("Dongfang", "东方"), ("Xinghe", "星河"), ("Chenguang", "晨光"), ("Yongsheng", "永盛"),
    ("Huarui", "华瑞"), ("Qihang", "启航"), ("Jingcheng", "精诚"), ("Boyuan", "博远"), ("Taihe", "泰和"),
    ("Lvzhou", "绿洲"), ("Anshun", "安顺"), ("Guangming", "光明"), ("Feiyang", "飞扬"), ("Zhongxin", "众鑫"),
    ("Hairui", "海睿"), ("Yunfan", "云帆"), ("Changqing", "长青"), ("Baolai", "宝来"), ("Junhe", "骏和"),
    ("Linfeng", "林峰"), ("Nanxing", "南星"), ("Oulian", "欧联"), ("Pengcheng", "鹏程"), ("Senhai", "森海"),
)  # fmt: skip
WESTERN = {
    "DE": ("Bergmann", "Kessler", "Lindner", "Vogt", "Reinhardt", "Sommerfeld", "Brandt", "Hofer", "Wiesner", "Falk",
           "Ostermann", "Seidel"),
    "NL": ("Van Dijk", "De Vries", "Hoekstra", "Van den Berg", "Mulder", "Kuipers", "Postma", "Dekker", "Van Leeuwen",
           "Brouwer"),
    "IT": ("Romano", "Bellini", "Marchetti", "Galli", "Fontana", "Conti", "Moretti", "Ferraro"),
    "US": ("Cascade", "Redwood", "Blue Mesa", "Summit", "Harborline", "Ironwood"),
    "FR": ("Delmas", "Girard", "Lefort", "Marchand", "Roussel", "Vidal"),
    "SG": ("Merlion", "Raffles Road", "Straits", "Tanjong", "Orchard"),
    "JP": ("Tanaka", "Morikawa", "Hoshino", "Kitamura", "Nishida", "Fujisaki"),
    "KR": ("Hansol", "Daehan", "Seojin", "Mirae", "Kumkang", "Haneul"),
    "VN": ("Sao Viet", "Thanh Cong", "Minh Phat", "Dai Nam", "Hoang Long"),
}  # fmt: skip
COMPANY_FORM = {
    "DE": "GmbH", "NL": "B.V.", "IT": "S.p.A.", "US": "Inc.", "FR": "SAS", "SG": "Pte. Ltd.", "JP": "K.K.",
    "KR": "Co., Ltd.", "VN": "JSC", "TW": "Co., Ltd.", "CN": "Co., Ltd.",
}  # fmt: skip

# What a business customer does, by kind of business: (English, Chinese), and abroad.
BUSINESS = {
    "distributor": (("Mobility Distribution", "出行商贸"), ("Vehicle Trading", "车业贸易"), ("Green Travel", "绿行"),
                    ("Light Vehicles", "轻车")),
    "retailer": (("Bike Stores", "骑行连锁"), ("Cycle City", "单车城"), ("E-Ride Shops", "电骑坊"), ("Sports", "运动")),
    "sharing": (("Sharing", "共享出行"), ("Ride Share", "共享单车")),
    "courier": (("Express", "速递"), ("City Delivery", "同城配送")),
    "rental": (("Rental", "租赁"), ("Scenic Rides", "景区骑行")),
    "public": (("City Services", "城市服务"), ("Park Management", "园区管理")),
    "oem": (("Cycles", "自行车制造"), ("Vehicle Works", "车辆制造")),
}  # fmt: skip
BUSINESS_ABROAD = {
    "distributor": ("E-Mobility", "Bike Distribution", "Zweirad", "Cycle Trade"),
    "retailer": ("Fietsen", "Radhaus", "Cicli", "Bike Store"),
    "sharing": ("Sharing", "Free Ride"),
    "courier": ("Last Mile", "Courier"),
    "rental": ("Rent a Bike", "Tours"),
    "public": ("City Works", "Campus Mobility"),
    "oem": ("Bike Works", "Cycles"),
}

SURNAMES = (
    ("Wang", "王"), ("Li", "李"), ("Zhang", "张"), ("Liu", "刘"), ("Chen", "陈"), ("Yang", "杨"), ("Zhao", "赵"),
    ("Huang", "黄"), ("Zhou", "周"), ("Wu", "吴"), ("Xu", "徐"), ("Sun", "孙"), ("Hu", "胡"), ("Zhu", "朱"),
    ("Gao", "高"), ("Lin", "林"), ("He", "何"), ("Guo", "郭"), ("Ma", "马"), ("Luo", "罗"),
)  # fmt: skip
GIVEN = (
    ("Fang", "芳"), ("Wei", "伟"), ("Min", "敏"), ("Jing", "静"), ("Lei", "磊"), ("Yan", "艳"), ("Jie", "杰"),
    ("Tao", "涛"), ("Hui", "慧"), ("Qiang", "强"), ("Ping", "平"), ("Ying", "颖"), ("Bo", "波"), ("Xue", "雪"),
    ("Kai", "凯"), ("Na", "娜"),
)  # fmt: skip
EUROPEAN_PEOPLE = (
    "Anna de Jong", "Lukas Weber", "Sofia Ricci", "Pieter Bakker", "Claire Moreau", "Jonas Keller", "Marta Nowak",
)  # fmt: skip


def person(first: int, second: int) -> str:
    """A Chinese name in both scripts; the numbers may be any."""
    family, family_zh = SURNAMES[first % len(SURNAMES)]
    given, given_zh = GIVEN[second % len(GIVEN)]
    return f"{family} {given} {family_zh}{given_zh}"


def first_free(names: Iterable[str], taken: set[str]) -> str:
    """The first name that nobody has, which is taken now; the last one where all are."""
    name = ""
    for name in names:
        if name not in taken:
            break
    taken.add(name)
    return name


def made_unique(names: Sequence[str]) -> tuple[str, ...]:
    """The same names, with a number behind those that occurred before."""
    seen: dict[str, int] = {}
    result = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return tuple(result)
