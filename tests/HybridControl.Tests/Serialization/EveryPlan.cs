using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Ensembles;
using HybridControl.Requirements;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Serialization;

/// <summary>Plans that together use every part of the plan format.</summary>
internal static class EveryPlan
{
    /// <summary>The model of every feature but noise, so that any solver may run it.</summary>
    public static HybridAutomaton Model { get; } = EveryFeature.Automaton with
    {
        Modes = [.. EveryFeature.Automaton.Modes.Select(mode => mode with { Diffusion = [] })],
        WienerProcesses = [],
    };

    public static EnsemblePlan Rich { get; } = (Model.Ensemble(size: 12_345, until: 2.0, seed: ulong.MaxValue) with
    {
        StartTime = 0.5,
        Solver = new Tsitouras5 { RelativeTolerance = 1e-8, AbsoluteTolerance = 1e-11, MaximumStep = 0.25, InitialStep = 1e-3 },
        Commands = [TimedCommand.Give(0.75, "take off"), TimedCommand.Assign(1.0, "u", -2.5)],
        MaxSteps = 5000,
        MaxJumpsPerInstant = 7,
        EventTolerance = 1e-10,
    })
    .Set("held", 0.25).Set("T ambient", -0.0)
    .Vary("g", new Normal(9.81, 0.01)).Vary("tiny", new LogNormal(1e-3, 0.5)).Vary("a third", new Uniform(0.3, 0.4))
    .Vary("x", new Triangular(0.0, 1.0, 4.0)).Vary("n", new Discrete([1.0, 2.0, 3.0], [0.2, 0.3, 0.5]))
    .Correlate("g", "x", 1.0 / 3.0).Correlate("tiny", "g", -0.5)
    .Using(SamplingDesign.Sobol)
    .Disturb("u", new Empirical([0.5, 0.1, 0.9]), every: 0.1)
    .Compare("plain").Compare("loud \"volts\"", ("volts", 3.0))
    .Record("x", every: 0.1).Record("T ambient", every: 0.1).Record("power*2 + CL(x)", every: 0.1, name: "double power").RecordMode(every: 0.1)
    .RecordFinal("ratio").RecordFinal("3", "three").RecordExtrema("x - 'T ambient'", "gap").RecordPassage("high", v => v["x"] >= 1.5 & v.Time > 0.6)
    .RecordEvents(16)
    .RecordRobustness().Require("low", "x <= 9").Require("once", "x > 1", RequirementKind.Eventually).Require("at the end", "n >= 1 | power < 0", RequirementKind.AtEnd)
    .StopWhen("gone", v => v["x"] > 100.0);

    public static EnsemblePlan Other { get; } = Model.Ensemble(size: 10, until: 1.0, useExperiment: false)
        .Using(new RungeKutta4 { Step = 0.01 }).Using(SamplingDesign.LatinHypercube)
        .Vary("g", new Beta(2.0, 3.0)).Vary("tiny", new Beta(2.0, 3.0, -1.0, 1.0)).Vary("a third", new Exponential(2.0))
        .Vary("x", new Discrete([1.0, 2.0])).Vary("n", new Empirical([3.0, 1.0], interpolated: false)).Vary("u", new GridPoints([2.0, 1.0]))
        .Record("x", times: [0.1, 0.11, 1.0]);

    public static EnsemblePlan Sweep { get; } = Model.Ensemble(size: 0, until: 1.0)
        .Using(SamplingDesign.Grid).Vary("g", GridPoints.Linear(0.0, 21.0, 1001)).Vary("u", new GridPoints([2.0, 1.0]));

    public static EnsemblePlan Given { get; } =
        Model.Ensemble(size: 0, until: 1.0).Vary("g", new Uniform(0.0, 1.0)).Vary("x", new Uniform(0.0, 1.0)) with
        {
            Design = SamplingDesign.Points,
            Points = [0.1, 0.2, 1.0 / 3.0, -0.0],
        };

    public static ImmutableArray<EnsemblePlan> All { get; } = [Rich, Other, Sweep, Given];
}
