// Usage: filters FILTER N STEPS MILLISECONDS; one JSON line for every form of the filter. Compiled with -DFIXED
// the sizes are known to the compiler, else they are dynamic.
#include "filters.hpp"
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#ifdef FIXED
static const char* kPeer = "eigen-fixed";
#else
static const char* kPeer = "eigen-dynamic";
#endif

using Clock = std::chrono::steady_clock;

template <class Filter> void Measure(const char* form, int n, int steps, double milliseconds, const std::string& name) {
    typename Filter::Model model(n, steps);
    Filter filter(model);
    double best = HUGE_VAL;
    auto begin = Clock::now();
    for (int round = 0; round < 5 || std::chrono::duration<double, std::milli>(Clock::now() - begin).count() < milliseconds;
         round++) {
        filter.Start();
        auto start = Clock::now();
        for (int t = 0; t < steps; t++) {
            filter.Step(model.z[t]);
        }
        best = std::min(best, std::chrono::duration<double, std::nano>(Clock::now() - start).count() / steps);
    }
    std::printf("{\"peer\":\"%s\",\"filter\":\"%s\",\"form\":\"%s\",\"n\":%d,\"ns\":%.1f,\"logLikelihood\":%.17g,\"mean\":[",
                kPeer, name.c_str(), form, n, best, filter.logLikelihood);
    for (int i = 0; i < n; i++) {
        std::printf(i == 0 ? "%.17g" : ",%.17g", filter.Mean()(i));
    }
    std::printf("]}\n");
}

template <int N, int M> int Run(const std::string& name, int n, int steps, double milliseconds) {
    if (name == "KF") {
        Measure<Kalman<N, M, false>>("covariance", n, steps, milliseconds, name);
        Measure<Kalman<N, M, true>>("joseph", n, steps, milliseconds, name);
        Measure<SquareRootKalman<N, M>>("square-root", n, steps, milliseconds, name);
    } else if (name == "EKF") {
        Measure<Extended<N, M, false>>("covariance", n, steps, milliseconds, name);
        Measure<Extended<N, M, true>>("joseph", n, steps, milliseconds, name);
    } else if (name == "UKF") {
        Measure<Unscented<N, M>>("covariance", n, steps, milliseconds, name);
    } else if (name == "IMM") {
        Measure<Interacting<N, M, false>>("covariance", n, steps, milliseconds, name);
        Measure<Interacting<N, M, true>>("joseph", n, steps, milliseconds, name);
    } else {
        return 2;
    }
    return 0;
}

int main(int argc, char** argv) {
    if (argc != 5) {
        return 2;
    }
    std::string name = argv[1];
    int n = std::atoi(argv[2]), steps = std::atoi(argv[3]);
    double milliseconds = std::atof(argv[4]);
#ifdef FIXED
    switch (n) {
        case 4: return Run<4, 2>(name, n, steps, milliseconds);
        case 12: return Run<12, 6>(name, n, steps, milliseconds);
        case 40: return Run<40, 20>(name, n, steps, milliseconds);
        default: return 2;
    }
#else
    return Run<Eigen::Dynamic, Eigen::Dynamic>(name, n, steps, milliseconds);
#endif
}
