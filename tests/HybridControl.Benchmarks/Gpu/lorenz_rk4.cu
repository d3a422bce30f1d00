// Lorenz, classical Runge-Kutta in double precision, 1000 steps of 1e-3, rho from 0 to 21: what the arithmetic of a device gives by hand.
#include <cstdio>
#include <cuda_runtime.h>
__global__ void lorenz(const double *rho, double *out, int n, int steps, double h)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) { return; }
    const double r = rho[i], s = 10.0, b = 8.0 / 3.0, half = 0.5 * h, sixth = h / 6.0;
    double x = 1.0, y = 0.0, z = 0.0, t = 0.0;
    for (int k = 0; k < steps; k++)
    {
        double a1 = s * (y - x), b1 = fma(x, r - z, -y), c1 = fma(x, y, -b * z);
        double X = fma(half, a1, x), Y = fma(half, b1, y), Z = fma(half, c1, z);
        double a2 = s * (Y - X), b2 = fma(X, r - Z, -Y), c2 = fma(X, Y, -b * Z);
        X = fma(half, a2, x); Y = fma(half, b2, y); Z = fma(half, c2, z);
        double a3 = s * (Y - X), b3 = fma(X, r - Z, -Y), c3 = fma(X, Y, -b * Z);
        X = fma(h, a3, x); Y = fma(h, b3, y); Z = fma(h, c3, z);
        double a4 = s * (Y - X), b4 = fma(X, r - Z, -Y), c4 = fma(X, Y, -b * Z);
        x = fma(sixth, fma(2.0, a2 + a3, a1 + a4), x);
        y = fma(sixth, fma(2.0, b2 + b3, b1 + b4), y);
        z = fma(sixth, fma(2.0, c2 + c3, c1 + c4), z);
        t += h;
    }
    out[i] = x; out[n + i] = y; out[2 * n + i] = z; out[3 * n + i] = t;
}
int main()
{
    const int n = 1 << 22;
    double *host = new double[n], *rho, *out;
    for (int i = 0; i < n; i++) { host[i] = 21.0 * i / (n - 1); }
    if (cudaMalloc(&rho, n * sizeof(double)) || cudaMalloc(&out, 4L * n * sizeof(double))) { return 1; }
    cudaMemcpy(rho, host, n * sizeof(double), cudaMemcpyHostToDevice);
    cudaEvent_t a, b; cudaEventCreate(&a); cudaEventCreate(&b);
    for (int threads = 64; threads <= 512; threads *= 2)
    {
        float best = 1e30f;
        for (int repeat = 0; repeat < 6; repeat++)
        {
            cudaEventRecord(a);
            lorenz<<<(n + threads - 1) / threads, threads>>>(rho, out, n, 1000, 1e-3);
            cudaEventRecord(b); cudaEventSynchronize(b);
            float ms; cudaEventElapsedTime(&ms, a, b); best = ms < best ? ms : best;
        }
        printf("CUDA C++ lorenz rk4 fp64, groups of %d: %.2f ms, %.1f Mtraj/s (%s)\n", threads, best, n / best / 1e3, cudaGetErrorString(cudaGetLastError()));
    }
    double last[4]; for (int k = 0; k < 4; k++) { cudaMemcpy(last + k, out + (long)k * n + n - 1, 8, cudaMemcpyDeviceToHost); }
    printf("rho 21: %.15g %.15g %.15g at %.15g\n", last[0], last[1], last[2], last[3]);
    return 0;
}
