using BenchmarkDotNet.Attributes;
using HybridControl.Benchmarks.Peers;
using HybridControl.Simulation;
using HybridControl.Solvers;

namespace HybridControl.Benchmarks.Simulation;

/// <summary>What does a whole run cost, with and without a record of every step?</summary>
[MemoryDiagnoser]
public class RunBenchmarks
{
    private readonly Scenario _ball = Scenario.For(PeerModels.Ball());
    private readonly Scenario _thermostat = Scenario.For(PeerModels.Thermostat());
    private SimulationOptions _options = null!;

    [Params(Recording.Events, Recording.Everything)]
    public Recording Recording { get; set; }

    [GlobalSetup]
    public void Prepare() => _options = new()
    {
        Solver = new DormandPrince5 { RelativeTolerance = 1e-9, AbsoluteTolerance = 1e-12 },
        Recording = Recording,
    };

    [Benchmark]
    public int BallWith30Bounces() => _ball.Simulate(References.BallBounce30 + 1e-4, options: _options).Jumps.Length;

    [Benchmark]
    public int ThermostatWith100Switches() => _thermostat.Simulate(353.0, options: _options).Jumps.Length;
}
