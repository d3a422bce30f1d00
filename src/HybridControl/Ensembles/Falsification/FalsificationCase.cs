using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Ensembles.Falsification;

/// <summary>One choice of everything that is searched, as a run that can be repeated.</summary>
/// <remarks>Immutable.</remarks>
/// <param name="Scenario">The model with its commands and settings, and with the courses of its inputs.</param>
/// <param name="Values">Values at the start.</param>
/// <param name="Until">End time in seconds.</param>
/// <param name="Chosen">What was chosen, by name; the values of an input are numbered.</param>
public sealed record FalsificationCase(
    Scenario Scenario, ImmutableDictionary<string, double> Values, double Until, ImmutableArray<(string Name, double Value)> Chosen)
{
    /// <summary>Runs it.</summary>
    /// <param name="options">How; its values are replaced by those of the case. Null for the defaults.</param>
    /// <param name="cancellation">Ends the run early.</param>
    public Trajectory Run(SimulationOptions? options = null, CancellationToken cancellation = default) =>
        Scenario.TrySimulate(Until, (options ?? new()) with { Values = Values }, cancellation);

    /// <summary>A model that does by itself what this case does: <c>hybrid simulate</c> repeats it.</summary>
    public HybridAutomaton ToModel()
    {
        HybridAutomaton model = Scenario.Model;
        return model with
        {
            Parameters = [.. model.Parameters.Select(p => p with { Value = Values.GetValueOrDefault(p.Name, p.Value) })],
            States = [.. model.States.Select(s => Values.TryGetValue(s.Name, out double value) ? s with { Initial = Expr.Constant(value) } : s)],
            Discretes = [.. model.Discretes.Select(d => Values.TryGetValue(d.Name, out double value) ? d with { Initial = Expr.Constant(value) } : d)],
            Inputs = [.. model.Inputs.Select(u => Values.TryGetValue(u.Name, out double value) ? u with { Signal = new ConstantSignal(value) } : u)],
            Experiment = (model.Experiment ?? new Experiment()) with { Until = Until, Commands = Scenario.Commands },
        };
    }

    /// <summary>The case at a point of the unit cube.</summary>
    internal static FalsificationCase At(FalsificationProblem problem, ReadOnlySpan<double> point)
    {
        ImmutableDictionary<string, double>.Builder values = problem.Values.ToBuilder();
        var commands = problem.Commands.ToBuilder();
        var chosen = ImmutableArray.CreateBuilder<(string, double)>();
        HybridAutomaton model = problem.Model;
        int next = 0;
        foreach (SearchedQuantity quantity in problem.Searched)
        {
            double[] found = new double[quantity.Dimensions];
            for (int i = 0; i < found.Length; i++)
            {
                found[i] = quantity.Low + (point[next++] * (quantity.High - quantity.Low));
                chosen.Add((found.Length == 1 ? quantity.Name : FormattableString.Invariant($"{quantity.Name}[{i}]"), found[i]));
            }

            switch (quantity)
            {
                case SearchedCommand:
                    commands.Add(TimedCommand.Give(found[0], quantity.Name));
                    break;
                case SearchedInput { Linear: true }:
                    model = model with { Inputs = [.. model.Inputs.Select(u => u.Name == quantity.Name ? u with { Signal = Course(found, problem.Until) } : u)] };
                    break;
                default:
                    values[quantity.Name] = found[0];
                    for (int i = 1; i < found.Length; i++)
                    {
                        commands.Add(TimedCommand.Assign(problem.Until * i / found.Length, quantity.Name, found[i]));
                    }

                    break;
            }
        }

        return new(Scenario.For(model, useExperiment: false).With(commands), values.ToImmutable(), problem.Until, chosen.ToImmutable());
    }

    /// <summary>Why it cannot be run with a solver; none if it can.</summary>
    internal ImmutableArray<Finding> FindingsOf(Solver solver) => Scenario.FindingsOf(new() { Solver = solver, Values = Values });

    private static TableSignal Course(double[] values, double until) =>
        new([.. values.Select((_, i) => until * i / (values.Length - 1))], [.. values]);
}
