"""The operations of the suite in PyTorch and OpenBLAS: the published reference functions' maths, written for this comparison.

Reads one request a line from its input, {"case", "sizes", "form", "threads", "milliseconds"}, and answers each with one line:
the milliseconds of every repeat and sixty-four entries of the result, by which answers are compared.
"""
import ctypes
import json
import math
import sys
import time

import numpy as np

try:
    import torch
    import torch.nn.functional as F

    torch.set_grad_enabled(False)
except ImportError:
    torch = None


def uniform(seed, count, low, high):
    """The same numbers as SuiteNumbers.cs: a hash of the place, twenty-four bits of it."""
    x = np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B9) + np.uint32(seed * 0x85EBCA6B & 0xFFFFFFFF)
    x ^= x >> 16
    x *= np.uint32(0x85EBCA6B)
    x ^= x >> 13
    x *= np.uint32(0xC2B2AE35)
    x ^= x >> 16
    values = (x >> 8).astype(np.float32)
    values *= np.float32(2.0 ** -24)
    values *= np.float32(high - low)
    values += np.float32(low)
    return values


def tensor(seed, shape, low=-1.0, high=1.0):
    return torch.from_numpy(uniform(seed, math.prod(shape), low, high).reshape(shape))


class Scan:
    """Selective scan with direct path and gate: d channels, n states, L tokens."""

    def __init__(self, d, n, length):
        self.u = tensor(1, (length, d)).T.contiguous()[None]
        self.delta = tensor(2, (length, d), -4.0, 0.0).T.contiguous()[None]
        self.A = tensor(3, (n, d), -16.0, -0.5).T.contiguous()
        self.B = tensor(4, (length, n)).T.contiguous()[None]
        self.C = tensor(5, (length, n)).T.contiguous()[None]
        self.D = tensor(6, (d,), 0.8, 1.2)
        self.z = tensor(7, (length, d), -2.0, 2.0).T.contiguous()[None]

    def reference(self):
        """All factors first, then a loop over time of elementwise operations, as selective_scan_ref does it."""
        delta = F.softplus(self.delta)
        factors = torch.exp(torch.einsum("bdl,dn->bdln", delta, self.A))
        inputs = torch.einsum("bdl,bnl,bdl->bdln", delta, self.B, self.u)
        h = self.A.new_zeros((1, *self.A.shape))
        outputs = []
        for t in range(self.u.shape[2]):
            h = factors[:, :, t] * h + inputs[:, :, t]
            outputs.append(torch.einsum("bdn,bn->bd", h, self.C[:, :, t]))
        y = torch.stack(outputs, dim=2)
        return (y + self.u * self.D[:, None]) * F.silu(self.z)

    def lean(self):
        """The same without the large intermediates: the factors of a token when it comes, in place, tokens contiguous."""
        u, delta = self.u[0].T.contiguous(), F.softplus(self.delta[0]).T.contiguous()
        B, C = self.B[0].T.contiguous(), self.C[0].T.contiguous()
        h = torch.zeros_like(self.A)
        y = torch.empty_like(u)
        du = delta * u
        for t in range(u.shape[0]):
            h.mul_(torch.exp_(delta[t, :, None] * self.A)).addcmul_(du[t, :, None], B[t])
            torch.mv(h, C[t], out=y[t])
        return ((y + u * self.D) * F.silu(self.z[0].T)).T[None]

    @staticmethod
    def rows(y):
        return y[0].T


class ScanStep(Scan):
    """One token of the selective scan, its state kept."""

    def __init__(self, d, n):
        super().__init__(d, n, 1)
        self.h = torch.zeros(1, d, n)

    def reference(self):
        delta = F.softplus(self.delta[..., 0])
        self.h.mul_(torch.exp(delta[..., None] * self.A)).add_((delta * self.u[..., 0])[..., None] * self.B[:, None, :, 0])
        y = torch.einsum("bdn,bn->bd", self.h, self.C[..., 0]) + self.D * self.u[..., 0]
        return (y * F.silu(self.z[..., 0]))[..., None]


class Ssd:
    """State-space duality with one group: H heads of P channels, n states, L tokens."""

    def __init__(self, heads, width, n, length):
        self.x = tensor(1, (1, length, heads, width))
        self.delta = tensor(2, (1, length, heads), -4.0, 0.0)
        self.A = tensor(3, (heads,), -16.0, -1.0)
        self.B = tensor(4, (1, length, 1, n))
        self.C = tensor(5, (1, length, 1, n))
        self.D = tensor(6, (heads,), 0.8, 1.2)

    def sums(self, a):
        """Sums of a over every range that ends at a row and begins after a column; minus infinity above the diagonal."""
        count = a.shape[-1]
        a = a[..., None].expand(*a.shape, count)
        a = a.masked_fill(~torch.ones(count, count, dtype=torch.bool).tril(-1), 0.0)
        return a.cumsum(-2).masked_fill(~torch.ones(count, count, dtype=torch.bool).tril(0), -math.inf)

    def reference(self):
        """The published minimal form: chunks of 64, B and C repeated for every head, one contraction for each term."""
        heads = self.x.shape[2]
        return self.chunked(self.B.expand(-1, -1, heads, -1), self.C.expand(-1, -1, heads, -1), staged=False)

    def staged(self):
        """The same with C B' formed once for all heads and each contraction split in two."""
        return self.chunked(self.B, self.C, staged=True)

    def chunked(self, B, C, staged, chunk=64):
        delta = F.softplus(self.delta)
        x = (self.x * delta[..., None]).unflatten(1, (-1, chunk))
        B, C = B.unflatten(1, (-1, chunk)), C.unflatten(1, (-1, chunk))
        a = (delta * self.A).unflatten(1, (-1, chunk)).permute(0, 3, 1, 2)
        total = a.cumsum(-1)
        masked = torch.exp(self.sums(a))
        last = torch.exp(total[..., -1:] - total)
        if staged:
            scores = torch.einsum("bcln,bcsn->bcls", C[..., 0, :], B[..., 0, :])
            inside = torch.einsum("bhcls,bcshp->bclhp", masked * scores[:, None], x)
            states = torch.einsum("bcln,bclhp->bchpn", B[..., 0, :], x * last.permute(0, 2, 3, 1)[..., None])
        else:
            inside = torch.einsum("bclhn,bcshn,bhcls,bcshp->bclhp", C, B, masked, x)
            states = torch.einsum("bclhn,bhcl,bclhp->bchpn", B, last, x)
        states = torch.cat([torch.zeros_like(states[:, :1]), states], dim=1)
        passed = torch.exp(self.sums(F.pad(total[..., -1], (1, 0))))
        states = torch.einsum("bhzc,bchpn->bzhpn", passed, states)[:, :-1]
        if staged:
            outside = torch.einsum("bcln,bchpn->bclhp", C[..., 0, :], states) * torch.exp(total).permute(0, 2, 3, 1)[..., None]
        else:
            outside = torch.einsum("bclhn,bchpn,bhcl->bclhp", C, states, torch.exp(total))
        return (inside + outside).flatten(1, 2) + self.x * self.D[:, None]

    def recurrence(self):
        """Token after token."""
        delta = F.softplus(self.delta)
        factors, inputs = torch.exp(delta * self.A), self.x * delta[..., None]
        h = torch.zeros(*self.x.shape[2:], self.B.shape[-1])
        y = torch.empty_like(self.x)
        for t in range(self.x.shape[1]):
            h.mul_(factors[0, t, :, None, None]).addcmul_(inputs[0, t, :, :, None], self.B[0, t, 0])
            y[0, t] = h @ self.C[0, t, 0]
        return y + self.x * self.D[:, None]

    @staticmethod
    def rows(y):
        return y[0].flatten(1)


class SsdStep(Ssd):
    """One token, its state kept."""

    def __init__(self, heads, width, n):
        super().__init__(heads, width, n, 1)
        self.h = torch.zeros(heads, width, n)

    def reference(self):
        delta = F.softplus(self.delta[0, 0])
        self.h.mul_(torch.exp(delta * self.A)[:, None, None]).addcmul_((self.x[0, 0] * delta[:, None])[..., None], self.B[0, 0, 0])
        return (self.h @ self.C[0, 0, 0] + self.x[0, 0] * self.D[:, None])[None, None]


class Product:
    """y = x W' by OpenBLAS: R rows, k inputs, m outputs; a vector by gemv."""

    blas = None

    def __init__(self, rows, inputs, outputs):
        self.sizes = rows, inputs, outputs
        self.x = uniform(1, rows * inputs, -1.0, 1.0)
        self.w = uniform(2, outputs * inputs, -1.0, 1.0)
        self.y = np.zeros(rows * outputs, np.float32)

    def openblas(self):
        rows, inputs, outputs = self.sizes
        one, zero = ctypes.c_float(1.0), ctypes.c_float(0.0)
        x, w, y = (a.ctypes.data_as(ctypes.c_void_p) for a in (self.x, self.w, self.y))
        if rows == 1:
            self.blas.cblas_sgemv(101, 111, outputs, inputs, one, w, inputs, x, 1, zero, y, 1)
        else:
            self.blas.cblas_sgemm(101, 111, 112, rows, outputs, inputs, one, x, inputs, w, inputs, zero, y, outputs)
        return self.y

    def reference(self):
        """torch.nn.functional.linear, for the record."""
        rows, inputs, outputs = self.sizes
        return F.linear(torch.from_numpy(self.x.reshape(rows, inputs)), torch.from_numpy(self.w.reshape(outputs, inputs)))

    @staticmethod
    def rows(y):
        return y if isinstance(y, np.ndarray) else y.flatten()


class Attention:
    """Causal attention over H heads: T queries, the last of L keys."""

    def __init__(self, heads, width, queries, keys):
        def split(seed, length):
            return tensor(seed, (length, heads, width)).transpose(0, 1).contiguous()[None]

        self.q, self.k, self.v = split(1, queries), split(2, keys), split(3, keys)
        self.mask = None
        if queries > 1:
            self.mask = torch.full((queries, keys), -math.inf).triu(1)

    def reference(self):
        """scaled_dot_product_attention where torch has it, else its definition."""
        if hasattr(F, "scaled_dot_product_attention"):
            return F.scaled_dot_product_attention(self.q, self.k, self.v, is_causal=self.mask is not None)
        scores = (self.q / math.sqrt(self.q.shape[-1])) @ self.k.transpose(-2, -1)
        if self.mask is not None:
            scores += self.mask
        return torch.softmax(scores, dim=-1) @ self.v

    @staticmethod
    def rows(y):
        return y[0].transpose(0, 1).flatten(1)


class Convolution:
    """Causal depthwise convolution with silu: c channels, k taps, L tokens."""

    def __init__(self, channels, taps, length):
        self.x = tensor(1, (length, channels)).T.contiguous()[None]
        self.w = tensor(2, (channels, 1, taps))
        self.b = tensor(3, (channels,))

    def reference(self):
        taps = self.w.shape[2]
        return F.silu(F.conv1d(self.x, self.w, self.b, padding=taps - 1, groups=self.w.shape[0])[..., : self.x.shape[2]])

    @staticmethod
    def rows(y):
        return y[0].T


class Norm:
    """Root mean square norm: L rows of d entries."""

    def __init__(self, d, length):
        self.x, self.w = tensor(1, (length, d)), tensor(2, (d,), 0.8, 1.2)

    def reference(self):
        return self.x * torch.rsqrt(self.x.pow(2).mean(-1, keepdim=True) + 1e-5) * self.w

    @staticmethod
    def rows(y):
        return y


CASES = {"scan": Scan, "scan step": ScanStep, "ssd": Ssd, "ssd step": SsdStep, "product": Product, "attention": Attention,
         "convolution": Convolution, "norm": Norm}


def measure(run, milliseconds):
    """Milliseconds of each repeat; short operations are repeated within a repeat."""
    start = time.perf_counter()
    run()
    once = max(time.perf_counter() - start, 1e-7)
    inner = max(1, min(1000, math.ceil(1e-3 / once)))
    times = []
    begin = time.perf_counter()
    while len(times) < 200 and (len(times) < 3 or (time.perf_counter() - begin) * 1e3 < milliseconds):
        start = time.perf_counter()
        for _ in range(inner):
            run()
        times.append((time.perf_counter() - start) / inner * 1e3)
    return times


def answer(request, kept):
    key = request["case"], tuple(request["sizes"])
    if key not in kept:
        kept.clear()
        kept[key] = CASES[key[0]](*key[1])
    subject = kept[key]
    if torch is not None:
        torch.set_num_threads(request["threads"])
    if Product.blas is not None:
        Product.blas.openblas_set_num_threads(request["threads"])
    run = getattr(subject, request["form"])
    if hasattr(subject, "h"):
        subject.h.zero_()
    flat = np.asarray(subject.rows(run())).reshape(-1)
    sample = flat[np.arange(64) * (flat.size - 1) // 63].astype(float).tolist()
    return {"times": measure(run, request["milliseconds"]), "sample": sample, "greatest": float(np.abs(flat).max())}


def main():
    peers = {}
    if torch is not None:
        peers["torch"] = torch.__version__
    try:
        Product.blas = ctypes.CDLL("libopenblas.so.0")
        Product.blas.openblas_get_config.restype = ctypes.c_char_p
        Product.blas.openblas_get_corename.restype = ctypes.c_char_p
        peers["OpenBLAS"] = f"{Product.blas.openblas_get_config().decode().split()[1]}, {Product.blas.openblas_get_corename().decode()} kernels"
    except OSError:
        pass
    print(json.dumps(peers), flush=True)
    kept = {}
    for line in sys.stdin:
        try:
            print(json.dumps(answer(json.loads(line), kept)), flush=True)
        except Exception as failure:  # the suite reports it and goes on
            print(json.dumps({"fault": f"{type(failure).__name__}: {failure}"}), flush=True)


main()
