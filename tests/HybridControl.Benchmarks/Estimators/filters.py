"""Textbook filters in NumPy on the problems of docs/benchmarks/estimators.md, the same numbers as in problems.hpp.

Usage: filters.py FILTER N STEPS MILLISECONDS; prints one JSON line. Symmetric solves go to LAPACK's dposv directly,
because the checks of scipy.linalg.solve cost more than the solve at these sizes.
"""

import json
import math
import sys
import time

import numpy as np
from scipy.linalg.lapack import dposv

LOG_TWO_PI = 1.8378770664093454836


class Uniform:
    """Uniform in [-1, 1), the same bits in every language."""

    def __init__(self, seed):
        self.state = seed

    def __call__(self):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
        return float(self.state >> 11) * 2.0**-52 - 1.0


def banded(n, scale):
    i, j = np.indices((n, n))
    return scale * ((i == j) + 0.5 ** np.abs(i - j))


def measurements(m, steps, scale, uniform):
    return np.array([[scale * uniform() for _ in range(m)] for _ in range(steps)])


class Linear:
    def __init__(self, n, steps):
        m = n // 2
        uniform = Uniform(12345 + n)
        self.n, self.m = n, m
        self.F = np.zeros((n, n))
        for i in range(n):
            for j in range(n):
                if i < m:
                    chain = 1.0 if j == i else 0.1 if j == i + m else 0.0
                else:
                    chain = 0.95 if j == i else -0.2 if j == i - m else 0.0
                self.F[i, j] = chain + 2.0**-8 * uniform()
        self.H = np.array([[(i == j) + 2.0**-6 * uniform() for j in range(n)] for i in range(m)])
        self.Q, self.R = banded(n, 0.01), banded(m, 0.1)
        self.P0, self.x0 = np.eye(n), np.zeros(n)
        self.z = measurements(m, steps, 1.0, uniform)


class Pendulums:
    dt, g, c, k = 0.02, 9.81, 0.5, 2.0

    def __init__(self, n, steps):
        m = n // 2
        uniform = Uniform(54321 + n)
        self.n, self.m = n, m
        self.Q, self.R = banded(n, 0.001), banded(m, 0.05)
        self.P0 = 0.1 * np.eye(n)
        self.x0 = np.concatenate([np.full(m, 0.1), np.zeros(m)])
        self.z = measurements(m, steps, 0.5, uniform)
        self.F = np.eye(n)
        self.F[:m, m:] = self.dt * np.eye(m)
        self.F[m:, m:] = (1.0 - self.dt * self.c) * np.eye(m)
        springs = np.eye(m, k=1) + np.eye(m, k=-1)
        self.stiffness = self.dt * self.k * (springs - np.diag(springs.sum(axis=0)))
        self.H = np.zeros((m, n))
        self.diagonal = np.arange(m)

    def transition(self, x):
        """x is a vector, or a matrix of one point per column."""
        m = self.m
        angle, rate = x[:m], x[m:]
        spring = np.zeros_like(angle)
        spring[1:] += angle[:-1] - angle[1:]
        spring[:-1] += angle[1:] - angle[:-1]
        return np.concatenate(
            [angle + self.dt * rate, rate + self.dt * (self.k * spring - self.g * np.sin(angle) - self.c * rate)])

    def transition_jacobian(self, x):
        m, d = self.m, self.diagonal
        self.F[m:, :m] = self.stiffness
        self.F[m + d, d] -= self.dt * self.g * np.cos(x[:m])
        return self.F

    def measurement(self, x):
        return np.sin(x[:self.m])

    def measurement_jacobian(self, x):
        d = self.diagonal
        self.H[d, d] = np.cos(x[:self.m])
        return self.H


def correct(x, P, nu, H, R):
    """Posterior mean and covariance, and the log-likelihood of the innovation nu."""
    HP = H @ P
    m = len(nu)
    factor, solved, _ = dposv(HP @ H.T + R, np.column_stack([HP, nu]), lower=1)
    K = solved[:, :-1].T
    logarithm = -0.5 * (nu @ solved[:, -1] + m * LOG_TWO_PI) - np.log(factor.diagonal()).sum()
    return x + K @ nu, P - K @ HP, logarithm


class Filter:
    def __init__(self, n, steps):
        self.model = self.Model(n, steps)

    def start(self):
        self.x, self.P, self.log_likelihood = self.model.x0, self.model.P0, 0.0


class Kalman(Filter):
    Model = Linear

    def step(self, z):
        model = self.model
        x = model.F @ self.x
        P = model.F @ self.P @ model.F.T + model.Q
        self.x, self.P, logarithm = correct(x, P, z - model.H @ x, model.H, model.R)
        self.log_likelihood += logarithm


class Extended(Filter):
    Model = Pendulums

    def step(self, z):
        model = self.model
        F = model.transition_jacobian(self.x)
        x = model.transition(self.x)
        P = F @ self.P @ F.T + model.Q
        self.x, self.P, logarithm = correct(x, P, z - model.measurement(x), model.measurement_jacobian(x), model.R)
        self.log_likelihood += logarithm


class Unscented(Filter):
    """Sigma points of Julier with kappa = 1, redrawn after the prediction."""

    Model = Pendulums

    def __init__(self, n, steps):
        super().__init__(n, steps)
        self.weights = np.full(2 * n + 1, 0.5 / (n + 1.0))
        self.weights[0] = 1.0 / (n + 1.0)
        self.spread = math.sqrt(n + 1.0)

    def deviations(self, P):
        root = self.spread * np.linalg.cholesky(P)
        return np.concatenate([np.zeros((len(P), 1)), root, -root], axis=1)

    def step(self, z):
        model, w = self.model, self.weights
        Y = model.transition(self.x[:, None] + self.deviations(self.P))
        x = Y @ w
        Y -= x[:, None]
        P = (Y * w) @ Y.T + model.Q
        D = self.deviations(P)
        Z = model.measurement(x[:, None] + D)
        mean = Z @ w
        Z -= mean[:, None]
        nu = z - mean
        WZ = (Z * w).T
        cross = D @ WZ
        factor, solved, _ = dposv(Z @ WZ + model.R, np.column_stack([cross.T, nu]), lower=1)
        K = solved[:, :-1].T
        self.x = x + K @ nu
        self.P = P - K @ cross.T
        self.log_likelihood -= 0.5 * (nu @ solved[:, -1] + len(nu) * LOG_TWO_PI) + np.log(factor.diagonal()).sum()


class Interacting(Filter):
    """Blom and Bar-Shalom's cycle for two models that differ in Q."""

    Model = Linear
    stay = np.array([[0.95, 0.05], [0.05, 0.95]])

    def start(self):
        model = self.model
        self.beliefs = [(model.x0, model.P0), (model.x0, model.P0)]
        self.Q = [model.Q, 25.0 * model.Q]
        self.probability = np.array([0.5, 0.5])
        self.log_likelihood = 0.0

    def merge(self, w):
        (x1, P1), (x2, P2) = self.beliefs
        d = x1 - x2
        return w[0] * x1 + w[1] * x2, w[0] * P1 + w[1] * P2 + np.outer(w[0] * w[1] * d, d)

    def step(self, z):
        model = self.model
        joint = self.stay * self.probability[:, None]
        prior = joint.sum(axis=0)
        mixed = [self.merge(joint[:, j] / prior[j]) for j in range(2)]
        logs = np.log(prior)
        for j, (x, P) in enumerate(mixed):
            x = model.F @ x
            P = model.F @ P @ model.F.T + self.Q[j]
            x, P, logarithm = correct(x, P, z - model.H @ x, model.H, model.R)
            self.beliefs[j] = (x, P)
            logs[j] += logarithm
        most = logs.max()
        total = most + math.log(np.exp(logs - most).sum())
        self.probability = np.exp(logs - total)
        self.log_likelihood += total
        self.x, self.P = self.merge(self.probability)


def main():
    name, n, steps, milliseconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    subject = {"KF": Kalman, "EKF": Extended, "UKF": Unscented, "IMM": Interacting}[name](n, steps)
    best = math.inf
    begin = time.perf_counter()
    rounds = 0
    while rounds < 5 or (time.perf_counter() - begin) * 1e3 < milliseconds:
        subject.start()
        start = time.perf_counter()
        for z in subject.model.z:
            subject.step(z)
        best = min(best, (time.perf_counter() - start) / steps)
        rounds += 1
    print(json.dumps({"peer": "numpy", "filter": name, "form": "covariance", "n": n, "ns": round(best * 1e9, 1),
                      "logLikelihood": float(subject.log_likelihood), "mean": subject.x.tolist()}))


main()
