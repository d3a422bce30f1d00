using HybridControl.Automata;
using HybridControl.Serialization;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Tests.Serialization;

namespace HybridControl.Tests.Models;

/// <summary>The model files, and how the tests run them.</summary>
internal static class ModelLibrary
{
    /// <summary>Tight enough that what remains is the error of the test's own reference.</summary>
    public static Solver Tight { get; } = new DormandPrince5 { RelativeTolerance = 1e-11, AbsoluteTolerance = 1e-12 };

    public static HybridAutomaton Load(string name) => ModelFile.Load(Repository.At("models", name + ".json"));

    /// <summary>Runs a model under its own commands, with other values.</summary>
    public static Trajectory Run(string name, double until, params (string Name, double Value)[] values) =>
        Run(Load(name), until, values);

    public static Trajectory Run(HybridAutomaton model, double until, params (string Name, double Value)[] values)
    {
        var options = new SimulationOptions();
        foreach ((string variable, double value) in values)
        {
            options = options with { Values = options.Values.Add(variable, value) };
        }

        return Scenario.For(model).Simulate(until, Tight, options);
    }

    public static double[] TimesOf(this Trajectory run, string transition) =>
        [.. run.Jumps.Where(jump => jump.Transition == transition).Select(jump => jump.Time)];
}
