"""
Path loss of the formulas in src/radio/channel/large-scale/path-loss.ts, computed once more from the reports alone:
3GPP TR 38.901 V16.1.0 table 7.4.1-1 with its note 1, TR 36.942 4.5.2 with Dhb = 15 m (whose 128.15 dB at
2 GHz TR 36.814 rounds to 128.1), and Friis. Standard library only.

    python3 test/golden/path-loss.py | npx prettier --parser json > test/golden/path-loss.json
"""

import json
from itertools import product
from math import hypot, log10, pi


def breakpoint(h_bs, h_ut, fc):
    return 4.0 * (h_bs - 1.0) * (h_ut - 1.0) * fc / 3.0e8


def uma_los(d2d, h_bs, h_ut, fc):
    d3d, ghz, d_bp = hypot(d2d, h_bs - h_ut), fc / 1e9, breakpoint(h_bs, h_ut, fc)
    if d2d <= d_bp:
        return 28.0 + 22.0 * log10(d3d) + 20.0 * log10(ghz)
    return 28.0 + 40.0 * log10(d3d) + 20.0 * log10(ghz) - 9.0 * log10(d_bp**2 + (h_bs - h_ut) ** 2)


def uma_nlos(d2d, h_bs, h_ut, fc):
    d3d = hypot(d2d, h_bs - h_ut)
    prime = 13.54 + 39.08 * log10(d3d) + 20.0 * log10(fc / 1e9) - 0.6 * (h_ut - 1.5)
    return max(uma_los(d2d, h_bs, h_ut, fc), prime)


def umi_los(d2d, h_bs, h_ut, fc):
    d3d, ghz, d_bp = hypot(d2d, h_bs - h_ut), fc / 1e9, breakpoint(h_bs, h_ut, fc)
    if d2d <= d_bp:
        return 32.4 + 21.0 * log10(d3d) + 20.0 * log10(ghz)
    return 32.4 + 40.0 * log10(d3d) + 20.0 * log10(ghz) - 9.5 * log10(d_bp**2 + (h_bs - h_ut) ** 2)


def umi_nlos(d2d, h_bs, h_ut, fc):
    d3d = hypot(d2d, h_bs - h_ut)
    prime = 35.3 * log10(d3d) + 22.4 + 21.3 * log10(fc / 1e9) - 0.3 * (h_ut - 1.5)
    return max(umi_los(d2d, h_bs, h_ut, fc), prime)


def free_space(d2d, h_bs, h_ut, fc):
    return 20.0 * log10(4.0 * pi * hypot(d2d, h_bs - h_ut) * fc / 299792458.0)


def macro_unrounded(d2d, fc, dhb=15.0):
    return 40.0 * (1 - 4e-3 * dhb) * log10(d2d / 1e3) - 18.0 * log10(dhb) + 21.0 * log10(fc / 1e6) + 80.0


def macro(d2d, h_bs, h_ut, fc):
    rounded = macro_unrounded(d2d, fc) - macro_unrounded(1e3, 2e9) + 128.1
    return max(rounded, free_space(d2d, h_bs, h_ut, fc))


formulas = {
    "tr38901-uma-los": uma_los,
    "tr38901-uma-nlos": uma_nlos,
    "tr38901-umi-los": umi_los,
    "tr38901-umi-nlos": umi_nlos,
    "tr36814-macro": macro,
    "free-space": free_space,
}
sites = [(25.0, 1.5), (10.0, 1.5), (25.0, 10.0)]
carriers = [0.7e9, 2e9, 28e9]
distances = [10.0, 18.0, 35.0, 100.0, 250.0, 319.0, 321.0, 1000.0, 5000.0]

rows = [
    {
        "pathLoss": name,
        "baseHeightMeters": h_bs,
        "clientHeightMeters": h_ut,
        "carrierHz": fc,
        "lossDb": [round(formula(d, h_bs, h_ut, fc), 8) for d in distances],
    }
    for (name, formula), (h_bs, h_ut), fc in product(formulas.items(), sites, carriers)
]
print(json.dumps({"distancesMeters": distances, "rows": rows}))
