using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using HybridControl.Benchmarks.Peers;
using HybridControl.Dynamics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Benchmarks.Symbolics;

/// <summary>What does emitted code gain over the interpreter, for a small and a large right-hand side?</summary>
[MemoryDiagnoser]
public class RightHandSideBenchmarks
{
    private readonly OdeFunction _lorenz = PeerModels.Lorenz().Compiled.Mode(0).Ode;
    private readonly OdeFunction _pleiades = PeerModels.Pleiades().Compiled.Mode(0).Ode;
    private readonly double[] _states = [.. Enumerable.Range(0, 28).Select(i => 1.0 + (0.1 * i * i))];
    private readonly double[] _data = new double[1];
    private readonly double[] _slopes = new double[28];
    private readonly Real64[] _registers = new Real64[2000];

    [Benchmark]
    public double LorenzEmitted() => Emitted(_lorenz);

    [Benchmark]
    public double LorenzInterpreted() => Interpreted(_lorenz);

    [Benchmark]
    public double PleiadesEmitted() => Emitted(_pleiades);

    [Benchmark]
    public double PleiadesInterpreted() => Interpreted(_pleiades);

    private double Emitted(OdeFunction function)
    {
        function.Derivatives(0.0, ref _states[0], ref _data[0], ref _slopes[0]);
        return _slopes[1];
    }

    private double Interpreted(OdeFunction function)
    {
        ExprProgram program = function.Program!;
        program.Evaluate(
            new Real64(0.0),
            MemoryMarshal.Cast<double, Real64>(_states.AsSpan()),
            _data,
            _registers,
            MemoryMarshal.Cast<double, Real64>(_slopes.AsSpan()));
        return _slopes[1];
    }
}
