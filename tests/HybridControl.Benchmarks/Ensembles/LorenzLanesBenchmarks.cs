using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using HybridControl.Ensembles.Lanes;
using HybridControl.Ensembles.Machine;
using HybridControl.Symbolics;

namespace HybridControl.Benchmarks.Ensembles;

/// <summary>The loop at the heart of an ensemble: 100,000 Lorenz systems, 1000 steps of RK4 each, as lane code on one thread.</summary>
/// <remarks>Divide by 1e8 for the time of a step. The same loop by hand in C++ with AVX-512 is the yardstick.</remarks>
public unsafe class LorenzLanesBenchmarks
{
    private const int Trajectories = 100_000;
    private const int Steps = 1000;
    private const int Count = 3;
    private LaneFunction _function = null!;
    private int _lanes;
    private double* _registers;
    private long* _mask;

    [Params(LaneWidth.Scalar, LaneWidth.Vector256, LaneWidth.Vector512)]
    public LaneWidth Width { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        TrajectoryMachine machine = Machine();
        _function = LaneCompiler.Compile(machine, 0, Width);
        _lanes = LaneCompiler.LanesOf(Width);
        _registers = (double*)NativeMemory.AlignedAlloc((nuint)(machine.RegisterCount * _lanes * sizeof(double)), 64);
        _mask = (long*)NativeMemory.AlignedAlloc((nuint)(_lanes * sizeof(long)), 64);
    }

    [GlobalCleanup]
    public void Free()
    {
        NativeMemory.AlignedFree(_registers);
        NativeMemory.AlignedFree(_mask);
    }

    [Benchmark]
    public double Run()
    {
        double sum = 0.0;
        for (int first = 0; first < Trajectories; first += _lanes)
        {
            for (int lane = 0; lane < _lanes; lane++)
            {
                _registers[lane] = 1.0 + (1e-5 * (first + lane));
                _registers[_lanes + lane] = 0.0;
                _registers[(2 * _lanes) + lane] = 0.0;
                _registers[(Count * _lanes) + lane] = 0.0;
                _mask[lane] = -1;
            }

            _function(_registers, _mask, 0);
            for (int lane = 0; lane < _lanes; lane++)
            {
                sum += _registers[lane];
            }
        }

        return sum;
    }

    private static TrajectoryMachine Machine()
    {
        var slots = new SlotMap();
        Expr[] x = [.. new[] { "x", "y", "z", "n" }.Select(name => Register(slots, name))];
        const double H = 0.001;
        Expr[] Slope(Expr[] p) =>
            [10.0 * (p[1] - p[0]), (p[0] * (28.0 - p[2])) - p[1], (p[0] * p[1]) - (8.0 / 3.0 * p[2])];
        Expr[] At(Expr[] k, double h) => [.. Enumerable.Range(0, 3).Select(i => x[i] + (h * k[i]))];
        Expr[] k1 = Slope(x);
        Expr[] k2 = Slope(At(k1, H / 2));
        Expr[] k3 = Slope(At(k2, H / 2));
        Expr[] k4 = Slope(At(k3, H));
        Expr[] next =
        [
            .. Enumerable.Range(0, 3).Select(i => x[i] + (H / 6 * (k1[i] + k4[i] + (2.0 * (k2[i] + k3[i]))))),
            x[Count] + 1.0,
            (Steps - 1.5) - x[Count],
        ];
        var program = new MachineProgram("steps", -1, ExprProgram.Compile(slots, next), [0, 1, 2, Count], true, [], []);
        return new TrajectoryMachine(["x", "y", "z", "n"], [1.0, 0.0, 0.0, 0.0], [], [program], [], [0, 1, 2]);
    }

    private static Expr Register(SlotMap slots, string name)
    {
        slots.Add(VariableKind.Parameter, name);
        return Expr.Variable(VariableKind.Parameter, name);
    }
}
