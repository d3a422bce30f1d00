// References of the stiff problems: Radau IIA with five stages (order 9), whole Newton iterations with exact Jacobians, and steps from
// halving, in long double or (-DQUAD) in quadruple precision. Independent of every engine that is compared.
// g++ -O2 -std=gnu++17 references.cpp -o references && ./references PROBLEM TOLERANCE ; the same at a second tolerance checks it.
// g++ -O2 -std=gnu++17 -DQUAD references.cpp -o references -lquadmath
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>
#include "stiff.hpp"
#ifdef QUAD
typedef __float128 Real;
#else
typedef long double Real;
#endif
constexpr int Stages = 5;
static Real tolerance = 1e-15; // of a step, relative
static Real nodes[Stages], weights[Stages][Stages];

// Nodes are the zeros of P_s - P_(s-1) on (0, 1]; row i of the weights integrates polynomials of degree below s to node i.
static Real radau(Real x)
{
    Real z = 2 * x - 1, before = 1, p = z;
    for (int k = 2; k <= Stages; k++) { Real next = ((2 * k - 1) * z * p - (k - 1) * before) / k; before = p; p = next; }
    return p - before;
}
static void factor(Real* a, int* pivots, int n)
{
    for (int k = 0; k < n; k++)
    {
        int p = k;
        for (int i = k + 1; i < n; i++) if (fabs(a[i * n + k]) > fabs(a[p * n + k])) p = i;
        pivots[k] = p;
        for (int j = 0; j < n; j++) std::swap(a[k * n + j], a[p * n + j]);
        for (int i = k + 1; i < n; i++)
        {
            Real m = a[i * n + k] /= a[k * n + k];
            if (m != 0) for (int j = k + 1; j < n; j++) a[i * n + j] -= m * a[k * n + j];
        }
    }
}
static void solve(const Real* a, const int* pivots, Real* b, int n)
{
    for (int k = 0; k < n; k++) std::swap(b[k], b[pivots[k]]);
    for (int i = 0; i < n; i++) for (int j = 0; j < i; j++) b[i] -= a[i * n + j] * b[j];
    for (int i = n - 1; i >= 0; i--) { for (int j = i + 1; j < n; j++) b[i] -= a[i * n + j] * b[j]; b[i] /= a[i * n + i]; }
}
static void prepare()
{
    int found = 0;
    for (int i = 0; i < 1000 && found < Stages - 1; i++)
    {
        Real low = Real(i) / 1000, high = Real(i + 1) / 1000;
        if ((radau(low) > 0) == (radau(high) > 0)) continue;
        for (int k = 0; k < 120; k++) { Real m = (low + high) / 2; ((radau(m) > 0) == (radau(low) > 0) ? low : high) = m; }
        nodes[found++] = (low + high) / 2;
    }
    nodes[Stages - 1] = 1;
    for (int i = 0; i < Stages; i++)
    {
        Real v[Stages * Stages], b[Stages];
        for (int k = 0; k < Stages; k++)
        {
            b[k] = 1; for (int p = 0; p <= k; p++) b[k] *= nodes[i];
            b[k] /= k + 1;
            for (int j = 0; j < Stages; j++) { v[k * Stages + j] = 1; for (int p = 0; p < k; p++) v[k * Stages + j] *= nodes[j]; }
        }
        int pivots[Stages];
        factor(v, pivots, Stages);
        solve(v, pivots, b, Stages);
        for (int j = 0; j < Stages; j++) weights[i][j] = b[j];
    }
}

// One step; false where Newton's iteration does not settle.
template <class P> bool step(Real t, const Real* y, Real h, const Real* sizes, Real* end)
{
    constexpr int n = P::N, big = n * Stages;
    static std::vector<Real> matrix(big * big), z(big), residual(big), slopes(big), j(n * n), m(n * n);
    if constexpr (P::Mass) P::mass(m.data()); else for (int i = 0; i < n * n; i++) m[i] = i % (n + 1) == 0 ? 1 : 0;
    jacobian<P>(t, y, j.data());
    for (int a = 0; a < Stages; a++) for (int b = 0; b < Stages; b++) for (int i = 0; i < n; i++) for (int k = 0; k < n; k++)
        matrix[(a * n + i) * big + b * n + k] = (a == b ? m[i * n + k] : Real(0)) - h * weights[a][b] * j[i * n + k];
    int pivots[big];
    factor(matrix.data(), pivots, big);
    std::fill(z.begin(), z.end(), Real(0));
    Real last = 1e30;
    for (int iteration = 0; iteration < 25; iteration++)
    {
        Real x[n];
        for (int a = 0; a < Stages; a++) { for (int i = 0; i < n; i++) x[i] = y[i] + z[a * n + i]; P::rhs(t + nodes[a] * h, x, &slopes[a * n]); }
        for (int a = 0; a < Stages; a++) for (int i = 0; i < n; i++)
        {
            Real sum = 0;
            for (int b = 0; b < Stages; b++) sum += h * weights[a][b] * slopes[b * n + i];
            for (int k = 0; k < n; k++) sum -= m[i * n + k] * z[a * n + k];
            residual[a * n + i] = sum;
        }
        solve(matrix.data(), pivots, residual.data(), big);
        Real change = 0;
        for (int a = 0; a < Stages; a++) for (int i = 0; i < n; i++)
        {
            z[a * n + i] += residual[a * n + i];
            Real relative = fabs(residual[a * n + i]) / (sizes[i] + fabs(z[a * n + i]));
            change = relative <= change ? change : relative; // NaN is the largest
        }
        if (!(change < 1e20)) return false;
        const Real floor = sizeof(Real) == 16 && Real(1) + Real(1e-25L) != Real(1) ? Real(1e-29) : Real(3e-18);
        if (change < floor || (change < tolerance && change > last / 2)) { for (int i = 0; i < n; i++) end[i] = y[i] + z[big - n + i]; return true; }
        if (iteration > 6 && change > last / 2) return false;
        last = change;
    }
    return false;
}

static void print(const char* name, Real value) { printf("%s %.18Le\n", name, (long double)value); fflush(stdout); }

template <class P> void run()
{
    constexpr int n = P::N;
    Real y[n], whole[n], half[n], both[n], t = 0, h = std::min(P::end() * Real(1e-9), Real(1e-6)), largest[n], sizes[n];
    P::start(y);
    for (int i = 0; i < n; i++) largest[i] = fabs(y[i]);
    long steps = 0;
    bool risen = false, fallen = false;
    while (t < P::end())
    {
        bool last = t + h >= P::end();
        if (last) h = P::end() - t;
        for (int i = 0; i < n; i++) sizes[i] = std::max(Real(fabs(y[i])), largest[i] * Real(P::Share)) + Real(P::Least) + Real(1e-25);
        if (!(step<P>(t, y, h, sizes, whole) && step<P>(t, y, h / 2, sizes, half) && step<P>(t + h / 2, half, h / 2, sizes, both))) { h /= 3; continue; }
        Real error = 1e-30;
        for (int i = 0; i < n; i++)
        {
            Real share = fabs(whole[i] - both[i]) / 511 / (tolerance * sizes[i]);
            error = share <= error ? error : share; // NaN is the largest
        }
        Real factor = std::min(Real(4), std::max(Real(0.2), Real(0.8) * Real(powl((long double)error, -0.1L))));
        if (!(error <= 1)) { h *= error > 1 ? std::min(factor, Real(0.7)) : Real(0.2); continue; }
        if (!strcmp(P::name(), "robertson"))
        {
            auto root = [&](int state, Real level, const char* name)
            {
                Real low = 0, high = h, x[n];
                for (int k = 0; k < 90; k++)
                {
                    Real m = (low + high) / 2, mid[n];
                    if (!step<P>(t, y, m / 2, sizes, mid) || !step<P>(t + m / 2, mid, m / 2, sizes, x)) { printf("no root\n"); return; }
                    ((x[state] > level) == (y[state] > level) ? low : high) = m;
                }
                print(name, t + high);
            };
            if (!risen && both[2] >= Real(1) / 100) { risen = true; root(2, Real(1) / 100, "t(y3=0.01)"); }
            if (!fallen && both[0] <= Real(1) / 10000) { fallen = true; root(0, Real(1) / 10000, "t(y1=1e-4)"); }
        }
        for (int i = 0; i < n; i++) { y[i] = both[i]; largest[i] = std::max(largest[i], Real(fabs(y[i]))); }
        t = last ? P::end() : t + h;
        h *= factor;
        steps++;
    }
    for (int i = 0; i < n; i++) { char name[32]; snprintf(name, 32, "%s[%d]", P::name(), i); print(name, y[i]); }
    printf("# %ld steps\n", steps);
}

int main(int count, char** words)
{
    prepare();
    const char* which = count > 1 ? words[1] : "";
    if (count > 2) tolerance = atof(words[2]);
    if (!strcmp(which, "hires")) run<Hires<Real>>();
    if (!strcmp(which, "orego")) run<Orego<Real>>();
    if (!strcmp(which, "vdp1e6")) run<VanDerPol<Real>>();
    if (!strcmp(which, "pollution")) run<Pollution<Real>>();
    if (!strcmp(which, "ring")) run<RingModulator<Real>>();
    if (!strcmp(which, "amplifier")) run<Amplifier<Real>>();
    if (!strcmp(which, "robertson")) run<Robertson<Real>>();
}
