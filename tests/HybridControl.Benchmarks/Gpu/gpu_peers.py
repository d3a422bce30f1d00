"""Lorenz and Robertson ensembles in JAX and diffrax, fp64, on the device: kernels compiled, then the best of three."""
import time, sys
import jax
jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp
import diffrax

def best(f, *args):
    f(*args).block_until_ready()
    times = []
    for _ in range(3):
        t = time.perf_counter(); f(*args).block_until_ready(); times.append(time.perf_counter() - t)
    return min(times)

def lorenz(t, y, rho):
    a, b, c = y
    return (10.0 * (b - a), a * (rho - c) - b, a * b - 8.0 / 3.0 * c)

N = 1 << 20
rho = jnp.linspace(0.0, 21.0, N)
one, zero = jnp.ones(N), jnp.zeros(N)

@jax.jit
def rk4(rho):
    h = 1e-3
    def at(y, k, c): return tuple(a + c * b for a, b in zip(y, k))
    def step(i, y):
        k1 = lorenz(0, y, rho); k2 = lorenz(0, at(y, k1, h / 2), rho); k3 = lorenz(0, at(y, k2, h / 2), rho); k4 = lorenz(0, at(y, k3, h), rho)
        return tuple(a + h / 6 * (p + 2 * (q + r) + s) for a, p, q, r, s in zip(y, k1, k2, k3, k4))
    return jax.lax.fori_loop(0, 1000, step, (one, zero, zero))[0]

s = best(rk4, rho); print(f"JAX rk4 1000 steps: {s*1e3:.1f} ms, {N/s/1e6:.2f} Mtraj/s", flush=True)

def solve(field, solver, y0, t1, dt0, controller, args):
    return diffrax.diffeqsolve(diffrax.ODETerm(field), solver, 0.0, t1, dt0, y0, args, saveat=diffrax.SaveAt(t1=True),
                               stepsize_controller=controller, max_steps=100000, throw=False).ys[0][0]

tsit = jax.jit(jax.vmap(lambda r: solve(lorenz, diffrax.Tsit5(), (1.0, 0.0, 0.0), 1.0, 1e-3, diffrax.ConstantStepSize(), r)))
s = best(tsit, rho); print(f"diffrax Tsit5 fixed 1000 steps: {s*1e3:.1f} ms, {N/s/1e6:.2f} Mtraj/s", flush=True)

def robertson(t, y, k):
    a, b, c = y
    return jnp.stack([-k * a + 1e4 * b * c, k * a - 1e4 * b * c - 3e7 * b * b, 3e7 * b * b])

M = 1 << 16
k = jnp.linspace(0.03, 0.05, M)
def stiff(k):
    y0 = jnp.array([1.0, 0.0, 0.0])
    return diffrax.diffeqsolve(diffrax.ODETerm(robertson), diffrax.Kvaerno5(), 0.0, 1e6, 1e-6, y0, k, saveat=diffrax.SaveAt(t1=True),
        stepsize_controller=diffrax.PIDController(rtol=1e-6, atol=1e-10), max_steps=100000, throw=False).ys[0, 0]
s = best(jax.jit(jax.vmap(stiff)), k); print(f"diffrax Kvaerno5 Robertson to 1e6, {M} trajectories: {s*1e3:.1f} ms, {M/s/1e6:.3f} Mtraj/s", flush=True)
