using BenchmarkDotNet.Attributes;
using HybridControl.Benchmarks.Peers;
using HybridControl.Dynamics;
using HybridControl.Solvers;

namespace HybridControl.Benchmarks.Solvers;

/// <summary>What does a step of Dormand and Prince's pair cost: emitted whole, in loops over spans, or written by hand?</summary>
/// <remarks>1000 steps of fixed size without control, so that only the step is measured.</remarks>
[MemoryDiagnoser]
public class LorenzStepBenchmarks
{
    private const int Steps = 1000;
    private const double Size = 0.001;

    private readonly double[] _states = new double[3];
    private readonly double[] _work = new double[(3 * 8) + 1];
    private readonly double[] _data = new double[1];
    private OdeFunction _lorenz = null!;
    private StepFunction _whole = null!;
    private StepFunction _spans = null!;

    [GlobalSetup]
    public void Compile()
    {
        var solver = new DormandPrince5();
        _lorenz = PeerModels.Lorenz().Compiled.Mode(0).Ode;
        _whole = ((ExplicitCode)solver.Compile(_lorenz)).Step;
        _spans = new SpanStep(solver.Tableau, _lorenz).Take;
    }

    [Benchmark(OperationsPerInvoke = Steps)]
    public double EmittedWholeStep() => Run(_whole);

    [Benchmark(OperationsPerInvoke = Steps)]
    public double GenericSpanStep() => Run(_spans);

    [Benchmark(Baseline = true, OperationsPerInvoke = Steps)]
    public double HandWrittenStruct()
    {
        var x = new LorenzPoint(1.0, 1.0, 1.0);
        LorenzPoint first = x.Slope();
        double error = 0.0;
        for (int i = 0; i < Steps; i++)
        {
            error = LorenzPoint.Step(ref x, ref first, Size, 1e-9, 1e-9);
        }

        return x.X + error;
    }

    private double Run(StepFunction step)
    {
        _states.AsSpan().Fill(1.0);
        _lorenz.Derivatives(0.0, ref _states[0], ref _data[0], ref _work[3]);
        double error = 0.0;
        for (int i = 0; i < Steps; i++)
        {
            error = step(0.0, Size, ref _states[0], ref _data[0], ref _work[0], 1e-9, 1e-9);
            _work.AsSpan(0, 3).CopyTo(_states);
            _work.AsSpan(3 * 7, 3).CopyTo(_work.AsSpan(3, 3));
        }

        return _states[0] + error;
    }
}
