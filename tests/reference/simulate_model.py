"""Simulates a model file with SciPy: a second opinion on the events of models/*.json.

It shares no code with the library: expressions go through Python's own parser, flows through DOP853, guards through
solve_ivp's events (Brent on the seventh-order dense output). Guards are real numbers: and = min, or = max. Between
clock ticks, commands and timers each stretch is integrated anew.

    python3 simulate_model.py ../../models/quadplane.json --rtol 1e-10 --set gustSpeed=5 --every 1 --show h,u,theta
"""
import argparse
import ast
import json
import math

import numpy as np
from scipy.integrate import solve_ivp


class Reals(ast.NodeTransformer):
    """Turns conditions into guard functions: enabled where the number is not negative."""

    def visit_Compare(self, node):
        self.generic_visit(node)
        left, right = node.left, node.comparators[0]
        if isinstance(node.ops[0], (ast.Lt, ast.LtE)):
            left, right = right, left
        return ast.BinOp(left, ast.Sub(), right)

    def visit_BoolOp(self, node):
        self.generic_visit(node)
        name = "min" if isinstance(node.op, ast.And) else "max"
        return ast.Call(ast.Name(name, ast.Load()), node.values, [])

    def visit_UnaryOp(self, node):
        self.generic_visit(node)
        return ast.UnaryOp(ast.USub(), node.operand) if isinstance(node.op, ast.Not) else node


def select(condition, a, b):
    return a if condition >= 0 else b


def sign(x):
    return (x > 0) - (x < 0)


FUNCTIONS = {name: getattr(math, name) for name in
             "sqrt exp log sin cos tan asin acos atan atan2 sinh cosh tanh hypot floor".split()}
FUNCTIONS.update(min=min, max=max, abs=abs, sign=sign, select=select, crosses=lambda x: x, pi=math.pi)


def lower(text):
    """One expression of the file as a Python syntax tree over real numbers."""
    text = str(text).replace("^", "**").replace("&", " and ").replace("|", " or ").replace("!", " not ")
    return Reals().visit(ast.parse(text.strip(), mode="eval")).body


def signal(entry):
    kind = entry.get("signal", "constant")
    if kind == "constant":
        return (lambda t: entry["value"]), []
    if kind == "step":
        return (lambda t: entry["before"] if t < entry["at"] else entry["after"]), [entry["at"]]
    if kind == "ramp":
        knots = [entry["start"], entry["end"]]
        return (lambda t: np.interp(t, knots, [entry["from"], entry["to"]])), knots
    if kind == "table":
        return (lambda t: np.interp(t, entry["times"], entry["values"])), list(entry["times"])
    if kind == "sine":
        return (lambda t: entry.get("offset", 0) + entry["amplitude"]
                * math.sin(2 * math.pi * entry["frequency"] * t + entry.get("phase", 0))), []
    raise ValueError(kind)


class Model:
    def __init__(self, path, values):
        with open(path, encoding="utf-8") as file:
            self.file = json.load(file)
        f = self.file
        self.globals = dict(FUNCTIONS)
        initial = lambda v: v["initial"] if isinstance(v, dict) else v
        for name, v in f.get("parameters", {}).items():
            self.globals[name] = values.pop(name, v["value"] if isinstance(v, dict) else v)
        for name, v in f.get("tables", {}).items():
            self.globals[name] = lambda x, v=v: float(np.interp(x, v["x"], v["y"]))
        self.states, self.discrete = list(f.get("states", {})), list(f.get("discrete", {}))
        self.inputs, self.breakpoints = {}, []
        for name, v in f.get("inputs", {}).items():
            if name in values:
                v = values.pop(name)
            self.inputs[name], knots = signal({"value": v} if not isinstance(v, dict) else v)
            self.breakpoints += knots
        self.x = np.array([float(values.pop(n, self.constant(initial(f["states"][n])))) for n in self.states])
        self.d = [float(values.pop(n, self.constant(initial(f["discrete"][n])))) for n in self.discrete]
        assert not values, f"unknown: {values}"
        self.outputs = {n: lower(v["expr"] if isinstance(v, dict) else v) for n, v in f.get("outputs", {}).items()}
        self.modes = {n: self.function([m.get("flow", {}).get(s, 0) for s in self.states])
                      for n, m in f["modes"].items()}
        self.transitions = []
        for t in f.get("transitions", []):
            self.transitions.append(dict(
                t, name=t.get("name", f"{t['from']}->{t['to']}"), g=self.function([t.get("guard", "1")]),
                targets=list(t.get("reset", {})), values=self.function(list(t.get("reset", {}).values()))))
        self.blocks = [(self.constant(b["period"]), self.constant(b.get("offset", 0)), list(b["set"]),
                        self.function(list(b["set"].values()))) for b in f.get("sampled", {}).values()]

    def constant(self, text):
        return eval(compile(ast.Expression(ast.fix_missing_locations(lower(text))), "", "eval"), self.globals)

    def function(self, texts):
        """A function of (t, x, d) that returns a list, with the outputs that the texts need as local variables."""
        bodies = [lower(text) for text in texts]
        used, pending = set(), list(bodies)
        while pending:
            for node in ast.walk(pending.pop()):
                if isinstance(node, ast.Name) and node.id not in used:
                    used.add(node.id)
                    if node.id in self.outputs:
                        pending.append(self.outputs[node.id])
        lines = ["def _f(t, x, d):"]
        lines += [f"    {n} = x[{i}]" for i, n in enumerate(self.states) if n in used]
        lines += [f"    {n} = d[{i}]" for i, n in enumerate(self.discrete) if n in used]
        lines += [f"    {n} = _inputs['{n}'](t)" for n in self.inputs if n in used]
        lines += [f"    {n} = {ast.unparse(e)}" for n, e in self.outputs.items() if n in used]
        lines += ["    return [" + ", ".join(ast.unparse(b) for b in bodies) + "]"]
        scope = dict(self.globals, _inputs=self.inputs)
        exec("\n".join(lines), scope)
        return scope["_f"]


def simulate(model, until=None, rtol=1e-10, method="DOP853", sample=None, commands=None):
    """Runs the model; returns its events (t, name, from, to, state) and samples (t, mode, x, d)."""
    f = model.file
    until = until or f["experiment"]["until"]
    script = sorted(f.get("experiment", {}).get("commands", []) if commands is None else commands, key=lambda c: c["at"])
    mode, x, d, t = f.get("initialMode", next(iter(f["modes"]))), model.x.copy(), list(model.d), 0.0
    events, samples, timers, ticks = [], [], [], [0] * len(model.blocks)
    commanded, armed = None, set()

    def jump(tr):
        nonlocal mode, x
        values = tr["values"](t, x, d)
        events.append((t, tr["name"], tr["from"], tr["to"], dict(zip(model.states, map(float, x)))))
        for name, v in zip(tr["targets"], values):
            if name in model.states:
                x[model.states.index(name)] = v
            else:
                d[model.discrete.index(name)] = v
        left = tr["from"] != tr["to"] or tr.get("external", False)
        mode = tr["to"]
        if left:
            timers[:] = [w for w in timers if w[1].get("survives")]
            armed.intersection_update({i for i in armed if model.transitions[i].get("survives")})

    def settle():
        """Takes what is enabled at this instant and starts the timers of After rules."""
        for _ in range(100):
            for i, tr in enumerate(model.transitions):
                if tr["from"] != mode:
                    continue
                enabled = tr["g"](t, x, d)[0] >= -1e-13
                if "after" in tr:
                    if enabled and i not in armed:
                        armed.add(i)
                        timers.append((t + model.constant(tr["after"]), tr, i))
                    elif not enabled and i in armed and not tr.get("survives"):
                        armed.discard(i)
                        timers[:] = [w for w in timers if w[2] != i]
                elif "command" in tr:
                    if commanded == tr["command"] and enabled:
                        jump(tr)
                        return settle()
                elif tr.get("rule") != "edge" and tr["g"](t, x, d)[0] >= (0 if tr is not served else 1e-9):
                    jump(tr)
                    break
            else:
                return

    served = None
    while True:
        # Timers, then commands, then ticks, then guards.
        for w in [w for w in timers if abs(w[0] - t) < 1e-12]:
            timers.remove(w)
            armed.discard(w[2])
            jump(w[1])
        while script and script[0]["at"] <= t + 1e-12:
            c = script.pop(0)
            for name, v in c.get("set", {}).items():
                if name in model.inputs:
                    model.inputs[name] = lambda s, v=v: v
                elif name in model.discrete:
                    d[model.discrete.index(name)] = v
                else:
                    model.globals[name] = v
                    raise NotImplementedError("setting a parameter on the way")
            commanded = c.get("command")
            settle()
            commanded = None
        for k, (period, offset, targets, values) in enumerate(model.blocks):
            if abs(offset + ticks[k] * period - t) < 1e-12:
                new = values(t, x, d)
                ticks[k] += 1
                for name, v in zip(targets, new):
                    d[model.discrete.index(name)] = v
        settle()
        if t >= until:
            break
        stop = min([until] + [w[0] for w in timers] + [c["at"] for c in script[:1]]
                   + [o + n * p for (p, o, _, _), n in zip(model.blocks, ticks)]
                   + [b for b in model.breakpoints if b > t + 1e-12])
        if sample:
            stop = min(stop, (math.floor(t / sample + 1e-9) + 1) * sample)
        watch = [tr for i, tr in enumerate(model.transitions)
                 if tr["from"] == mode and "command" not in tr and i not in armed]
        functions = []
        for tr in watch:
            g = lambda s, y, tr=tr: tr["g"](s, y, d)[0]
            g.terminal, g.direction = True, -1 if tr.get("direction") == "down" else 1
            functions.append(g)
        run = solve_ivp(lambda s, y: model.modes[mode](s, y, d), (t, stop), x, method=method, rtol=rtol,
                        atol=rtol * 1e-2, events=functions)
        assert run.status >= 0, run.message
        t, x = (float(run.t[-1]) if run.status == 1 else stop), run.y[:, -1].copy()
        served = None
        if run.status == 1:
            hit = [tr for tr, e in zip(watch, run.t_events) if len(e)][0]
            if "after" not in hit:
                jump(hit)
                served = hit
            else:
                i = model.transitions.index(hit)
                if i not in armed:
                    armed.add(i)
                    timers.append((t + model.constant(hit["after"]), hit, i))
        elif sample and abs(t / sample - round(t / sample)) < 1e-9:
            samples.append((t, mode, x.copy(), list(d)))
    return events, samples


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--until", type=float)
    parser.add_argument("--rtol", type=float, default=1e-10)
    parser.add_argument("--method", default="DOP853")
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--every", type=float)
    parser.add_argument("--show", default="")
    a = parser.parse_args()
    model = Model(a.model, {s.split("=")[0]: float(s.split("=")[1]) for s in a.set})
    events, samples = simulate(model, a.until, a.rtol, a.method, a.every)
    if a.show:
        names = a.show.split(",")
        print(" ".join(f"{n:>9s}" for n in ["t", "mode"] + names))
        show = model.function(names)
        for t, mode, x, d in samples:
            print(f"{t:9.3f} {mode:>9.9s} " + " ".join(f"{v:9.4f}" for v in show(t, x, d)))
    for t, name, a_, b_, x in events:
        print(f"{t:.12f} {name}: {a_} -> {b_} " + " ".join(f"{n}={v:.9g}" for n, v in x.items()))
