"""Reference numbers for models/lorenz, pressure-relief-valve and keller-miksis from SciPy's DOP853.

The equations are written anew, not read from the model files. The bubble is in SI units and in the form in which Keller
and Miksis derive it, solved for the acceleration at every call, so that the dimensionless form of the model file is checked too.

    python3 ensemble_models.py [rtol]
"""
import math
import sys

import numpy as np
from scipy.integrate import solve_ivp

RTOL = float(sys.argv[1]) if len(sys.argv) > 1 else 1e-12


def lorenz(until, start=(1.0, 0.0, 0.0), sigma=10.0, rho=21.0, beta=8.0 / 3.0):
    flow = lambda t, s: [sigma * (s[1] - s[0]), s[0] * (rho - s[2]) - s[1], s[0] * s[1] - beta * s[2]]
    return solve_ivp(flow, (0.0, until), start, method="DOP853", rtol=RTOL, atol=1e-14).y[:, -1]


def valve(q, until, kappa=1.25, delta=10.0, beta=20.0, r=0.8, rest=1e-6):
    """Impacts (t, v before), then the time of settling and of lifting, if any, and the final state."""
    lifted = lambda t, s: [s[1], s[2] - kappa * s[1] - (s[0] + delta), beta * (q - s[0] * math.sqrt(max(s[2], 0.0)))]
    strike = lambda t, s: s[0]
    strike.terminal, strike.direction = True, -1
    t, s, events = 0.0, np.array([0.2, 0.0, 0.0]), []
    while t < until:
        run = solve_ivp(lifted, (t, until), s, method="DOP853", rtol=RTOL, atol=1e-14, events=strike)
        t, s = run.t[-1], run.y[:, -1].copy()
        if run.status != 1:
            break
        if -rest < s[1] < 0.0 and s[2] < delta:
            events.append((t, "settle", s[1]))
            t += (delta - s[2]) / (beta * q)
            s = np.array([0.0, 0.0, delta])
            events.append((t, "lift", 0.0))
        else:
            events.append((t, "impact", s[1]))
            s[0], s[1] = 0.0, -r * s[1]
    return events, s


def bubble(periods, f1=1e5, f2=5e4, pa1=8e4, pa2=5e4, theta=0.0, re=1e-5, pinf=1e5):
    """Radius minima (t in periods of f1, R/RE), and radius and wall speed at the end."""
    pv, rho, surface, mu, c, gamma = 3166.775638952003, 997.0639504998557, 0.071977583160056, 8.902125058209557e-4, \
        1497.251785455527, 1.4
    w1, w2 = 2.0 * math.pi * f1, 2.0 * math.pi * f2
    gas = pinf - pv + 2.0 * surface / re

    def flow(t, s):
        radius, speed = s
        p_gas = gas * (re / radius) ** (3.0 * gamma)
        p_far = pinf + pa1 * math.sin(w1 * t) + pa2 * math.sin(w2 * t + theta)
        p_far_rate = pa1 * w1 * math.cos(w1 * t) + pa2 * w2 * math.cos(w2 * t + theta)
        p_wall = p_gas + pv - 2.0 * surface / radius - 4.0 * mu * speed / radius
        # The rate of the wall pressure, but for its part -4 mu R''/R.
        p_wall_rate = -3.0 * gamma * p_gas * speed / radius + 2.0 * surface * speed / radius ** 2 \
            + 4.0 * mu * (speed / radius) ** 2
        right = (1.0 + speed / c) * (p_wall - p_far) / rho + radius / (rho * c) * (p_wall_rate - p_far_rate)
        left = (1.0 - speed / c) * radius + 4.0 * mu / (rho * c)
        return [speed, (right - 1.5 * (1.0 - speed / (3.0 * c)) * speed ** 2) / left]

    least = lambda t, s: s[1]
    least.direction = 1
    run = solve_ivp(flow, (0.0, periods / f1), [re, 0.0], method="DOP853", rtol=RTOL, atol=[1e-20, 1e-14], events=least)
    minima = [(t * f1, s[0] / re) for t, s in zip(run.t_events[0], run.y_events[0]) if t > 1e-12]
    return minima, run.y[:, -1]


if __name__ == "__main__":
    for until in (2.0, 5.0, 10.0):
        print("lorenz", until, *map(repr, map(float, lorenz(until))))
    for q, until in ((1.0, 10.0), (6.0, 10.0), (0.2, 4.0)):
        events, end = valve(q, until)
        print("valve q =", q, "until", until, "events", len(events), "end", *map(repr, map(float, end)))
        for t, name, v in events[:8] + [e for e in events[8:] if e[1] != "impact"]:
            print(f"  {t:.12f} {name} v = {v:.12f}")
    for f1, f2, pa1, pa2 in ((1e5, 5e4, 8e4, 5e4), (2e4, 4e4, 1.1e5, 0.0)):
        minima, end = bubble(3.0, f1, f2, pa1, pa2)
        print("bubble", f1, f2, pa1, pa2, "end", repr(float(end[0])), repr(float(end[1])))
        for t, radius in minima[:12]:
            print(f"  {t:.12f} R/RE = {radius:.12f}")
