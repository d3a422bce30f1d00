// The stiff problems of docs/benchmarks/solvers.md, templated on the number type: double for the peers, long double or
// quadruple precision for the references, and dual numbers for exact Jacobians. Sources: see StiffProblems.cs.
#pragma once
#include <cmath>
#ifdef QUAD
#include <quadmath.h>
inline __float128 exp(__float128 x) { return expq(x); }
inline __float128 sin(__float128 x) { return sinq(x); }
inline __float128 cos(__float128 x) { return cosq(x); }
inline __float128 fabs(__float128 x) { return fabsq(x); }
#endif

// A value and its derivatives with respect to N states.
template <class R, int N> struct Dual
{
    R v;
    R d[N];
    Dual(R value = R(0)) : v(value) { for (R& x : d) x = R(0); }
};
template <class R, int N> Dual<R, N> operator+(Dual<R, N> a, const Dual<R, N>& b) { a.v += b.v; for (int i = 0; i < N; i++) a.d[i] += b.d[i]; return a; }
template <class R, int N> Dual<R, N> operator-(Dual<R, N> a, const Dual<R, N>& b) { a.v -= b.v; for (int i = 0; i < N; i++) a.d[i] -= b.d[i]; return a; }
template <class R, int N> Dual<R, N> operator-(const Dual<R, N>& a) { return Dual<R, N>(R(0)) - a; }
template <class R, int N> Dual<R, N> operator*(const Dual<R, N>& a, const Dual<R, N>& b) { Dual<R, N> c(a.v * b.v); for (int i = 0; i < N; i++) c.d[i] = a.d[i] * b.v + a.v * b.d[i]; return c; }
template <class R, int N> Dual<R, N> operator+(R a, const Dual<R, N>& b) { return Dual<R, N>(a) + b; }
template <class R, int N> Dual<R, N> operator+(const Dual<R, N>& a, R b) { return a + Dual<R, N>(b); }
template <class R, int N> Dual<R, N> operator-(R a, const Dual<R, N>& b) { return Dual<R, N>(a) - b; }
template <class R, int N> Dual<R, N> operator-(const Dual<R, N>& a, R b) { return a - Dual<R, N>(b); }
template <class R, int N> Dual<R, N> operator*(R a, Dual<R, N> b) { b.v *= a; for (int i = 0; i < N; i++) b.d[i] *= a; return b; }
template <class R, int N> Dual<R, N> operator/(Dual<R, N> a, R b) { a.v /= b; for (int i = 0; i < N; i++) a.d[i] /= b; return a; }
template <class R, int N> Dual<R, N> exp(const Dual<R, N>& a) { R e = exp(a.v); Dual<R, N> c(e); for (int i = 0; i < N; i++) c.d[i] = e * a.d[i]; return c; }

// R is the type of time and constants, S that of states; Least is a magnitude below which a state does not
// matter, Share the same as a part of its largest value so far.
template <class R> struct Hires
{
    static constexpr int N = 8; static constexpr bool Mass = false; static constexpr double Least = 0, Share = 1e-3;
    static const char* name() { return "hires"; }
    static R end() { return R(3218122) / R(10000); }
    static void start(R* y) { for (int i = 0; i < N; i++) y[i] = R(0); y[0] = R(1); y[7] = R(57) / R(10000); }
    template <class S> static void rhs(R, const S* y, S* f)
    {
        const R a = R(171) / 100, b = R(43) / 100, c = R(832) / 100, g = R(69) / 100;
        S r = R(280) * (y[5] * y[7]);
        f[0] = -(a * y[0]) + b * y[1] + c * y[2] + R(7) / R(10000);
        f[1] = a * y[0] - (R(875) / 100) * y[1];
        f[2] = -((R(1003) / 100) * y[2]) + b * y[3] + (R(35) / 1000) * y[4];
        f[3] = c * y[1] + a * y[2] - (R(112) / 100) * y[3];
        f[4] = -((R(1745) / 1000) * y[4]) + b * y[5] + b * y[6];
        f[5] = -r + g * y[3] + a * y[4] - b * y[5] + g * y[6];
        f[6] = r - (R(181) / 100) * y[6];
        f[7] = -f[6];
    }
};
template <class R> struct Orego
{
    static constexpr int N = 3; static constexpr bool Mass = false; static constexpr double Least = 0, Share = 1e-3;
    static const char* name() { return "orego"; }
    static R end() { return R(360); }
    static void start(R* y) { y[0] = R(1); y[1] = R(2); y[2] = R(3); }
    template <class S> static void rhs(R, const S* y, S* f)
    {
        const R s = R(7727) / 100, w = R(161) / 1000, q = R(8375) / R(1000000000);
        f[0] = s * (y[1] + y[0] * (R(1) - q * y[0] - y[1]));
        f[1] = (y[2] - (R(1) + y[0]) * y[1]) / s;
        f[2] = w * (y[0] - y[2]);
    }
};
template <class R> struct VanDerPol
{
    static constexpr int N = 2; static constexpr bool Mass = false; static constexpr double Least = 0, Share = 1e-3;
    static const char* name() { return "vdp1e6"; }
    static R end() { return R(2); }
    static void start(R* y) { y[0] = R(2); y[1] = R(0); }
    template <class S> static void rhs(R, const S* y, S* f)
    {
        f[0] = y[1];
        f[1] = R(1000000) * ((R(1) - y[0] * y[0]) * y[1] - y[0]);
    }
};
template <class R> struct Pollution
{
    static constexpr int N = 20; static constexpr bool Mass = false; static constexpr double Least = 0, Share = 1e-3;
    static const char* name() { return "pollution"; }
    static R end() { return R(60); }
    static void start(R* y)
    {
        for (int i = 0; i < N; i++) y[i] = R(0);
        y[1] = R(2) / 10; y[3] = R(4) / 100; y[6] = R(1) / 10; y[7] = R(3) / 10; y[8] = R(1) / 100; y[16] = R(7) / 1000;
    }
    template <class S> static void rhs(R, const S* y, S* f)
    {
        const R k[25] = { R(35) / 100, R(266) / 10, R(12300), R(86) / 100000, R(82) / 100000, R(15000), R(13) / 100000, R(24000), R(16500),
            R(9000), R(22) / 1000, R(12000), R(188) / 100, R(16300), R(4800000), R(35) / 100000, R(175) / 10000, R(100000000),
            R(444000000000LL), R(1240), R(21) / 10, R(578) / 100, R(474) / 10000, R(1780), R(312) / 100 };
        S r1 = k[0] * y[0], r2 = k[1] * (y[1] * y[3]), r3 = k[2] * (y[4] * y[1]), r4 = k[3] * y[6], r5 = k[4] * y[6];
        S r6 = k[5] * (y[6] * y[5]), r7 = k[6] * y[8], r8 = k[7] * (y[8] * y[5]), r9 = k[8] * (y[10] * y[1]), r10 = k[9] * (y[10] * y[0]);
        S r11 = k[10] * y[12], r12 = k[11] * (y[9] * y[1]), r13 = k[12] * y[13], r14 = k[13] * (y[0] * y[5]), r15 = k[14] * y[2];
        S r16 = k[15] * y[3], r17 = k[16] * y[3], r18 = k[17] * y[15], r19 = k[18] * y[15], r20 = k[19] * (y[16] * y[5]);
        S r21 = k[20] * y[18], r22 = k[21] * y[18], r23 = k[22] * (y[0] * y[3]), r24 = k[23] * (y[18] * y[0]), r25 = k[24] * y[19];
        f[0] = -r1 - r10 - r14 - r23 - r24 + r2 + r3 + r9 + r11 + r12 + r22 + r25;
        f[1] = -r2 - r3 - r9 - r12 + r1 + r21;
        f[2] = -r15 + r1 + r17 + r19 + r22;
        f[3] = -r2 - r16 - r17 - r23 + r15;
        f[4] = -r3 + r4 + r4 + r6 + r7 + r13 + r20;
        f[5] = -r6 - r8 - r14 - r20 + r3 + r18 + r18;
        f[6] = -r4 - r5 - r6 + r13;
        f[7] = r4 + r5 + r6 + r7;
        f[8] = -r7 - r8;
        f[9] = -r12 + r7 + r9;
        f[10] = -r9 - r10 + r8 + r11;
        f[11] = r9;
        f[12] = -r11 + r10;
        f[13] = -r13 + r12;
        f[14] = r14;
        f[15] = -r18 - r19 + r16;
        f[16] = -r20;
        f[17] = r20;
        f[18] = -r21 - r22 - r24 + r23 + r25;
        f[19] = -r25 + r24;
    }
};
template <class R> R pi() { return R(3.14159265358979323846264338327950288L); } // enough for long double
#ifdef QUAD
template <> inline __float128 pi<__float128>() { return M_PIq; }
#endif
template <class R> struct RingModulator
{
    static constexpr int N = 15; static constexpr bool Mass = false; static constexpr double Least = 1e-9, Share = 0.3;
    static const char* name() { return "ring"; }
    static R end() { return R(1) / 1000; }
    static void start(R* y) { for (int i = 0; i < N; i++) y[i] = R(0); }
    template <class S> static void rhs(R t, const S* y, S* f)
    {
        const R c = R(16) / R(1000000000), cs = R(2) / R(1000000000000LL), cp = R(1) / R(100000000), r = R(25000), rp = R(50);
        const R lh = R(445) / 100, ls1 = R(2) / 1000, ls2 = R(5) / 10000, ls3 = ls2, rg1 = R(363) / 10, rg2 = R(173) / 10, rg3 = rg2;
        const R ri = R(50), rc = R(600), gamma = R(4067286402LL) / R(100000000000000000LL), delta = R(177493332) / R(10000000);
        const R u1 = sin(R(2000) * pi<R>() * t) / R(2), u2 = R(2) * sin(R(20000) * pi<R>() * t), half = R(1) / 2;
        auto q = [&](const S& u) { return gamma * (exp(delta * u) - R(1)); };
        S q1 = q(y[2] - y[4] - y[6] - u2), q2 = q(-y[3] + y[5] - y[6] - u2), q3 = q(y[3] + y[4] + y[6] + u2), q4 = q(-y[2] - y[5] + y[6] + u2);
        f[0] = (y[7] - half * y[9] + half * y[10] + y[13] - y[0] / r) / c;
        f[1] = (y[8] - half * y[11] + half * y[12] + y[14] - y[1] / r) / c;
        f[2] = (y[9] - q1 + q4) / cs;
        f[3] = (-y[10] + q2 - q3) / cs;
        f[4] = (y[11] + q1 - q3) / cs;
        f[5] = (-y[12] - q2 + q4) / cs;
        f[6] = (-(y[6] / rp) + q1 + q2 - q3 - q4) / cp;
        f[7] = -(y[0] / lh);
        f[8] = -(y[1] / lh);
        f[9] = (half * y[0] - y[2] - rg2 * y[9]) / ls2;
        f[10] = (-(half * y[0]) + y[3] - rg3 * y[10]) / ls3;
        f[11] = (half * y[1] - y[4] - rg2 * y[11]) / ls2;
        f[12] = (-(half * y[1]) + y[5] - rg3 * y[12]) / ls3;
        f[13] = (-y[0] + u1 - (ri + rg1) * y[13]) / ls1;
        f[14] = (-y[1] - (rc + rg1) * y[14]) / ls1;
    }
};
template <class R> struct Amplifier // M y' = f, index 1
{
    static constexpr int N = 8; static constexpr bool Mass = true; static constexpr double Least = 0.1, Share = 1e-3;
    static const char* name() { return "amplifier"; }
    static R end() { return R(2) / 10; }
    static void start(R* y) { y[0] = R(0); y[1] = y[2] = y[4] = y[5] = R(3); y[3] = y[6] = R(6); y[7] = R(0); }
    static void mass(R* m) // row-major
    {
        for (int i = 0; i < N * N; i++) m[i] = R(0);
        auto pair = [&](int i, int j, R c) { m[i * N + i] = m[j * N + j] = -c; m[i * N + j] = m[j * N + i] = c; };
        const R u = R(1) / R(1000000);
        pair(0, 1, u); m[2 * N + 2] = -2 * u; pair(3, 4, 3 * u); m[5 * N + 5] = -4 * u; pair(6, 7, 5 * u);
    }
    template <class S> static void rhs(R t, const S* y, S* f)
    {
        const R ub = R(6), ue = sin(R(200) * pi<R>() * t) / R(10), r = R(9000), uf = R(26) / 1000, alpha = R(99) / 100, beta = R(1) / R(1000000);
        auto g = [&](const S& u) { return beta * (exp(u / uf) - R(1)); };
        S g1 = g(y[1] - y[2]), g2 = g(y[4] - y[5]);
        f[0] = (y[0] - ue) / R(1000);
        f[1] = (y[1] + y[1] - ub) / r + (R(1) - alpha) * g1;
        f[2] = y[2] / r - g1;
        f[3] = (y[3] - ub) / r + alpha * g1;
        f[4] = (y[4] + y[4] - ub) / r + (R(1) - alpha) * g2;
        f[5] = y[5] / r - g2;
        f[6] = (y[6] - ub) / r + alpha * g2;
        f[7] = y[7] / r;
    }
};
template <class R> struct Robertson
{
    static constexpr int N = 3; static constexpr bool Mass = false; static constexpr double Least = 0, Share = 1e-3;
    static const char* name() { return "robertson"; }
    static R end() { return R(100000000000LL); }
    static void start(R* y) { y[0] = R(1); y[1] = y[2] = R(0); }
    template <class S> static void rhs(R, const S* y, S* f)
    {
        f[0] = -((R(4) / 100) * y[0]) + R(10000) * (y[1] * y[2]);
        f[2] = R(30000000) * (y[1] * y[1]);
        f[1] = -f[0] - f[2];
    }
};
template <class R> struct ProtheroRobinson // y = sin(t + 1/2)
{
    static constexpr int N = 1; static constexpr bool Mass = false; static constexpr double Least = 0, Share = 1e-3;
    static const char* name() { return "prothero"; }
    static R end() { return R(10); }
    static void start(R* y) { y[0] = sin(R(1) / 2); }
    template <class S> static void rhs(R t, const S* y, S* f)
    {
        f[0] = R(-1000000) * (y[0] - sin(t + R(1) / 2)) + cos(t + R(1) / 2);
    }
};

// Row-major Jacobian.
template <class P, class R> void jacobian(R t, const R* y, R* j)
{
    constexpr int n = P::N;
    Dual<R, n> x[n], f[n];
    for (int i = 0; i < n; i++) { x[i] = Dual<R, n>(y[i]); x[i].d[i] = R(1); }
    P::rhs(t, x, f);
    for (int i = 0; i < n; i++) for (int k = 0; k < n; k++) j[i * n + k] = f[i].d[k];
}
