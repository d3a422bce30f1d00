// The problems of docs/benchmarks/estimators.md, the same numbers as in EstimatorProblems.cs and filters.py.
#pragma once
#include <Eigen/Dense>
#include <cmath>
#include <cstdint>
#include <vector>

template <int R, int C> using Mat = Eigen::Matrix<double, R, C>;
template <int R> using Vec = Eigen::Matrix<double, R, 1>;

constexpr double kLogTwoPi = 1.8378770664093454836;

// Uniform in [-1, 1), the same bits in every language: products and sums below round once at most.
struct Uniform {
    std::uint64_t state;
    double operator()() {
        state = state * 6364136223846793005ull + 1442695040888963407ull;
        return static_cast<double>(state >> 11) * 0x1p-52 - 1.0;
    }
};

// scale * (identity + 0.5^|i - j|)
template <int D> Mat<D, D> Banded(int n, double scale) {
    Mat<D, D> a(n, n);
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
            a(i, j) = scale * ((i == j ? 1.0 : 0.0) + std::ldexp(1.0, -std::abs(i - j)));
        }
    }
    return a;
}

template <int M> std::vector<Vec<M>> Measurements(int m, int steps, double scale, Uniform& uniform) {
    std::vector<Vec<M>> z(steps, Vec<M>(m));
    for (auto& zt : z) {
        for (int i = 0; i < m; i++) {
            zt(i) = scale * uniform();
        }
    }
    return z;
}

// n / 2 damped oscillators, positions before velocities, every state coupled to every other.
template <int N, int M> struct Linear {
    int n, m;
    Mat<N, N> F;
    Mat<M, N> H;
    Mat<N, N> Q, P0;
    Mat<M, M> R;
    Vec<N> x0;
    std::vector<Vec<M>> z;

    Linear(int states, int steps) : n(states), m(states / 2), F(n, n), H(m, n) {
        Uniform uniform{static_cast<std::uint64_t>(12345 + n)};
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                double chain = i < m ? (j == i ? 1.0 : j == i + m ? 0.1 : 0.0) : (j == i ? 0.95 : j == i - m ? -0.2 : 0.0);
                F(i, j) = chain + 0x1p-8 * uniform();
            }
        }
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                H(i, j) = (i == j ? 1.0 : 0.0) + 0x1p-6 * uniform();
            }
        }
        Q = Banded<N>(n, 0.01);
        R = Banded<M>(m, 0.1);
        P0 = Mat<N, N>::Identity(n, n);
        x0 = Vec<N>::Zero(n);
        z = Measurements<M>(m, steps, 1.0, uniform);
    }
};

// n / 2 pendulums in a row joined by springs, angles before rates; the sine of every angle is measured.
template <int N, int M> struct Pendulums {
    static constexpr double dt = 0.02, g = 9.81, c = 0.5, k = 2.0;
    int n, m;
    Mat<N, N> Q, P0;
    Mat<M, M> R;
    Vec<N> x0;
    std::vector<Vec<M>> z;

    Pendulums(int states, int steps) : n(states), m(states / 2) {
        Uniform uniform{static_cast<std::uint64_t>(54321 + n)};
        Q = Banded<N>(n, 0.001);
        R = Banded<M>(m, 0.05);
        P0 = 0.1 * Mat<N, N>::Identity(n, n);
        x0 = Vec<N>::Zero(n);
        x0.head(m).setConstant(0.1);
        z = Measurements<M>(m, steps, 0.5, uniform);
    }

    template <class X, class Y> void Transition(const X& x, Y&& next) const {
        for (int i = 0; i < m; i++) {
            double spring = (i > 0 ? x(i - 1) - x(i) : 0.0) + (i < m - 1 ? x(i + 1) - x(i) : 0.0);
            next(i) = x(i) + dt * x(m + i);
            next(m + i) = x(m + i) + dt * (k * spring - g * std::sin(x(i)) - c * x(m + i));
        }
    }

    template <class X> void TransitionJacobian(const X& x, Mat<N, N>& F) const {
        F.setZero();
        for (int i = 0; i < m; i++) {
            int springs = (i > 0 ? 1 : 0) + (i < m - 1 ? 1 : 0);
            F(i, i) = 1.0;
            F(i, m + i) = dt;
            F(m + i, m + i) = 1.0 - dt * c;
            F(m + i, i) = -dt * (k * springs + g * std::cos(x(i)));
            if (i > 0) {
                F(m + i, i - 1) = dt * k;
            }
            if (i < m - 1) {
                F(m + i, i + 1) = dt * k;
            }
        }
    }

    template <class X, class Z> void Measurement(const X& x, Z&& z) const {
        for (int i = 0; i < m; i++) {
            z(i) = std::sin(x(i));
        }
    }

    template <class X> void MeasurementJacobian(const X& x, Mat<M, N>& H) const {
        H.setZero();
        for (int i = 0; i < m; i++) {
            H(i, i) = std::cos(x(i));
        }
    }
};
