using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Ensembles;
using HybridControl.Solvers;

namespace HybridControl.Benchmarks.Ensembles;

/// <summary>The plans of the ensemble benchmarks.</summary>
internal static class EnsemblePlans
{
    /// <summary>Trajectories of P8a and P8b.</summary>
    public const int Size = 100_000;

    /// <summary>P8a: rho evenly from 0 to 21, 1000 steps of 0.001.</summary>
    public static EnsemblePlan Lorenz() => new()
    {
        Model = EnsembleModels.Lorenz(),
        Size = Size,
        Until = 1.0,
        Solver = new RungeKutta4 { Step = 1e-3 },
        Design = SamplingDesign.Points,
        Variations = [new("rho", new Uniform(0.0, 21.0))],
        Points = [.. Enumerable.Range(0, Size).Select(RhoOf)],
    };

    /// <summary>P8b: the heights and restitutions of the peers, adaptive steps at 1e-6.</summary>
    public static EnsemblePlan Balls() => new()
    {
        Model = EnsembleModels.Ball(),
        Size = Size,
        Until = 5.0,
        Solver = new DormandPrince5 { RelativeTolerance = 1e-6, AbsoluteTolerance = 1e-6 },
        Design = SamplingDesign.Points,
        Variations = [new("y", new Uniform(5.0, 20.0)), new("e", new Uniform(0.7, 0.95))],
        Points = [.. Enumerable.Range(0, Size).SelectMany(i => new[] { HeightOf(i), RestitutionOf(i) })],
    };

    /// <summary>Four models whose lanes are in different modes at different times.</summary>
    public static IEnumerable<(string Name, EnsemblePlan Plan)> Divergent()
    {
        ImmutableArray<Variation> rooms =
            [new("loss", new Uniform(0.05, 0.2)), new("low", new Uniform(17.0, 19.0)), new("high", new Uniform(21.0, 23.0))];
        yield return ("ball", Plan(EnsembleModels.Ball(), 20_000, 5.0, new("y", new Uniform(5.0, 20.0)), new("e", new Uniform(0.7, 0.95))));
        yield return ("thermostat", Plan(EnsembleModels.Thermostat(), 8_000, 100.0, [.. rooms]));
        yield return ("swing", Plan(EnsembleModels.Swing(), 8_000, 5.0, new("tc", new Uniform(0.1, 0.4)), new("D", new Uniform(0.0, 0.05))));
        yield return ("relief valve", Plan(EnsembleModels.ReliefValve(), 4_000, 10.0, new Variation("q", new Uniform(1.0, 9.0))));
    }

    /// <summary>Robertson's reaction to a million seconds, the slow rate from 0.03 to 0.05.</summary>
    public static EnsemblePlan Robertson(long size) => new()
    {
        Model = EnsembleModels.Robertson(),
        Size = size,
        Until = 1e6,
        Solver = new Rodas5P { RelativeTolerance = 1e-6, AbsoluteTolerance = 1e-10 },
        Variations = [new("k", new Uniform(0.03, 0.05))],
    };

    /// <summary>Van der Pol's oscillator to time 2000, the damping from 800 to 1000.</summary>
    public static EnsemblePlan VanDerPol(long size) => new()
    {
        Model = EnsembleModels.VanDerPol(),
        Size = size,
        Until = 2000.0,
        Solver = new Rodas5P { RelativeTolerance = 1e-6, AbsoluteTolerance = 1e-6 },
        Variations = [new("mu", new Uniform(800.0, 1000.0))],
    };

    /// <summary>The parameter of a trajectory of P8a.</summary>
    public static double RhoOf(int i) => 21.0 * i / (Size - 1);

    /// <summary>The height of a ball of P8b, in metres.</summary>
    public static double HeightOf(int i) => 5.0 + (15.0 * SplitMix64(2UL * (ulong)i));

    /// <summary>The restitution of a ball of P8b.</summary>
    public static double RestitutionOf(int i) => 0.7 + (0.25 * SplitMix64((2UL * (ulong)i) + 1UL));

    // The samples are drawn beforehand: they cost the same on any lanes.
    private static EnsemblePlan Plan(HybridAutomaton model, long size, double until, params Variation[] variations) => new()
    {
        Model = model,
        Size = size,
        Until = until,
        Solver = new DormandPrince5 { RelativeTolerance = 1e-6, AbsoluteTolerance = 1e-9 },
        Design = SamplingDesign.Points,
        Variations = [.. variations],
        Points =
        [
            .. Enumerable.Range(0, (int)size * variations.Length).Select(
                i => variations[i % variations.Length].Distribution.Quantile(SplitMix64((ulong)i))),
        ],
        Recording = new() { EventSlots = 16 },
    };

    // Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA (2014).
    private static double SplitMix64(ulong x)
    {
        unchecked
        {
            x += 0x9E3779B97F4A7C15UL;
            x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9UL;
            x = (x ^ (x >> 27)) * 0x94D049BB133111EBUL;
            x ^= x >> 31;
        }

        return (x >> 11) * (1.0 / (1UL << 53));
    }
}
