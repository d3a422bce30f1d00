// CVODE (BDF, Newton, dense) and RADAU5 on the stiff problems, with exact Jacobians from dual numbers. RADAU5 is Hairer and Wanner's code
// as the distribution compiles it in r-cran-desolve, loaded at run time.
// peers PROBLEM RTOL ATOL MILLISECONDS [deSolve.so] prints a line of JSON for each method that reaches the end; time is the least of repeats.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>
#include <dlfcn.h>
#include <cvode/cvode.h>
#include <nvector/nvector_serial.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_dense.h>
#include "stiff.hpp"

struct Cost { long steps = 0, rhs = 0, jacobians = 0, factorizations = 0; bool complete = false; };
static double rtol, atol_, budget;

template <class P, class Run> void measure(const char* method, Run run)
{
    double y[P::N], least = 1e300;
    Cost cost = run(y);
    if (!cost.complete) return;
    auto start = std::chrono::steady_clock::now();
    auto since = [](std::chrono::steady_clock::time_point t) { return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - t).count(); };
    for (int i = 0; i < 3 || since(start) < budget; i++)
    {
        auto begin = std::chrono::steady_clock::now();
        cost = run(y);
        least = std::min(least, since(begin));
    }
    printf("{\"method\":\"%s\",\"ms\":%.6g,\"steps\":%ld,\"rhs\":%ld,\"jacobians\":%ld,\"factorizations\":%ld,\"y\":[", method, least, cost.steps, cost.rhs, cost.jacobians, cost.factorizations);
    for (int i = 0; i < P::N; i++) printf("%s%.17g", i ? "," : "", y[i]);
    printf("]}\n");
}

template <class P> int cvode_rhs(realtype t, N_Vector y, N_Vector f, void*) { P::rhs(t, NV_DATA_S(y), NV_DATA_S(f)); return 0; }
template <class P> int cvode_jacobian(realtype t, N_Vector y, N_Vector, SUNMatrix j, void*, N_Vector, N_Vector, N_Vector)
{
    double rows[P::N * P::N];
    jacobian<P>(t, NV_DATA_S(y), rows);
    for (int i = 0; i < P::N; i++) for (int k = 0; k < P::N; k++) SM_ELEMENT_D(j, i, k) = rows[i * P::N + k];
    return 0;
}
template <class P> Cost cvode(double* end)
{
    static SUNContext context = nullptr;
    if (!context) SUNContext_Create(nullptr, &context);
    N_Vector y = N_VNew_Serial(P::N, context);
    P::start(NV_DATA_S(y));
    void* memory = CVodeCreate(CV_BDF, context);
    CVodeInit(memory, cvode_rhs<P>, 0.0, y);
    CVodeSStolerances(memory, rtol, atol_);
    CVodeSetMaxNumSteps(memory, 10000000);
    SUNMatrix matrix = SUNDenseMatrix(P::N, P::N, context);
    SUNLinearSolver solver = SUNLinSol_Dense(y, matrix, context);
    CVodeSetLinearSolver(memory, solver, matrix);
    CVodeSetJacFn(memory, cvode_jacobian<P>);
    CVodeSetStopTime(memory, P::end());
    Cost cost;
    double t = 0.0;
    cost.complete = CVode(memory, P::end(), y, &t, CV_NORMAL) >= 0;
    CVodeGetNumSteps(memory, &cost.steps);
    CVodeGetNumRhsEvals(memory, &cost.rhs);
    CVodeGetNumJacEvals(memory, &cost.jacobians);
    CVodeGetNumLinSolvSetups(memory, &cost.factorizations);
    std::copy(NV_DATA_S(y), NV_DATA_S(y) + P::N, end);
    CVodeFree(&memory);
    SUNLinSolFree(solver);
    SUNMatDestroy(matrix);
    N_VDestroy(y);
    return cost;
}

extern "C"
{
typedef void (*radau_rhs)(int*, double*, double*, double*, double*, int*);
typedef void (*radau_jacobian)(int*, double*, double*, int*, int*, double*, int*, double*, int*);
typedef void (*radau_mass)(int*, double*, int*, double*, int*);
typedef void (*radau_output)(int*, double*, double*, double*, double*, int*, int*, double*, int*, int*);
typedef void (*radau_code)(int*, radau_rhs, double*, double*, double*, double*, double*, double*, int*, radau_jacobian, int*, int*, int*,
    radau_mass, int*, int*, int*, radau_output, int*, double*, int*, int*, int*, double*, int*, int*);
}
static radau_code radau5;
template <class P> void call_rhs(int*, double* t, double* y, double* f, double*, int*) { P::rhs(*t, y, f); }
template <class P> void call_jacobian(int*, double* t, double* y, int*, int*, double* j, int* rows, double*, int*)
{
    double values[P::N * P::N];
    jacobian<P>(*t, y, values);
    for (int i = 0; i < P::N; i++) for (int k = 0; k < P::N; k++) j[k * *rows + i] = values[i * P::N + k];
}
template <class P> void call_mass(int*, double* m, int* rows, double*, int*)
{
    if constexpr (P::Mass)
    {
        double values[P::N * P::N];
        P::mass(values);
        for (int i = 0; i < P::N; i++) for (int k = 0; k < P::N; k++) m[k * *rows + i] = values[i * P::N + k];
    }
}
static void no_output(int*, double*, double*, double*, double*, int*, int*, double*, int*, int* code) { *code = 0; }
template <class P> Cost radau(double* y)
{
    int n = P::N, itol = 0, ijac = 1, full = n, imas = P::Mass ? 1 : 0, iout = 0, idid = 0, rows = P::Mass ? n : 0, integer = 0;
    int lwork = n * (n + rows + 3 * n + 12) + 100, liwork = 3 * n + 100;
    double t = 0.0, end = P::end(), h = std::min(1e-6, 1e-6 * end), real = 0.0;
    std::vector<double> work(lwork, 0.0);
    std::vector<int> iwork(liwork, 0);
    iwork[1] = 10000000;
    P::start(y);
    radau5(&n, call_rhs<P>, &t, y, &end, &h, &rtol, &atol_, &itol, call_jacobian<P>, &ijac, &full, &full, call_mass<P>, &imas, &full, &full,
        no_output, &iout, work.data(), &lwork, iwork.data(), &liwork, &real, &integer, &idid);
    Cost cost;
    cost.complete = idid > 0;
    cost.rhs = iwork[13]; cost.jacobians = iwork[14]; cost.steps = iwork[16]; cost.factorizations = iwork[18];
    return cost;
}
template <class P> void both()
{
    if constexpr (!P::Mass) measure<P>("cvode-bdf", cvode<P>);
    if (radau5) measure<P>("radau5-f77", radau<P>);
}

int main(int count, char** words)
{
    if (count < 5) return 2;
    const char* problem = words[1];
    rtol = atof(words[2]); atol_ = atof(words[3]); budget = atof(words[4]);
    if (count > 5 && *words[5])
    {
        dlopen("libR.so", RTLD_LAZY | RTLD_GLOBAL);
        if (void* library = dlopen(words[5], RTLD_LAZY)) radau5 = (radau_code)dlsym(library, "radau5_");
        else fprintf(stderr, "%s\n", dlerror());
    }
    if (!strcmp(problem, "robertson")) both<Robertson<double>>();
    if (!strcmp(problem, "hires")) both<Hires<double>>();
    if (!strcmp(problem, "orego")) both<Orego<double>>();
    if (!strcmp(problem, "vdp1e6")) both<VanDerPol<double>>();
    if (!strcmp(problem, "pollution")) both<Pollution<double>>();
    if (!strcmp(problem, "ring")) both<RingModulator<double>>();
    if (!strcmp(problem, "amplifier")) both<Amplifier<double>>();
    if (!strcmp(problem, "prothero")) both<ProtheroRobinson<double>>();
    return 0;
}
