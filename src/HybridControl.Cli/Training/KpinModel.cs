using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Neural.Kpin;
using HybridControl.Numerics;

namespace HybridControl.Cli.Training;

/// <summary>What a model says about one of its modes, as a filter takes it.</summary>
internal sealed record KpinModel(HybridAutomaton Automaton, TransitionModel Transition, MeasurementModel Sensor, GaussianBelief Initial)
{
    /// <summary>Twice the spread of a rate is room enough for what a model may lack.</summary>
    private const double Spread = 2.0;

    /// <summary>Takes a mode, by default the initial one.</summary>
    /// <exception cref="ModelException">The model cannot be estimated, or measures nothing; with every finding.</exception>
    /// <exception cref="UsageException">There is no such mode.</exception>
    public static KpinModel Of(HybridAutomaton automaton, string? mode)
    {
        string[] modes = [.. automaton.Modes.Select(known => known.Name)];
        string name = mode ?? automaton.InitialMode;
        int index = Array.IndexOf(modes, name);
        if (index < 0)
        {
            throw new UsageException("--mode", $"unknown mode '{name}'", Suggestions.For(name, modes));
        }

        HybridModel model = HybridModel.Of(automaton, null, new HybridEstimatorOptions());
        return model.Sensor is { } sensor
            ? new(model.Automaton, model.Flows[index], sensor, model.InitialBelief(automaton.Estimation!))
            : throw new ModelException($"{automaton.Name}.estimation.sensors", "the model measures nothing", "Name its sensors.");
    }

    /// <summary>The model with measurements.</summary>
    public KpinProblem With(IReadOnlyList<KpinTrajectory> runs) => new(Transition, Sensor, Initial, runs);

    /// <summary>Which rates a network may correct, and by how much.</summary>
    /// <exception cref="UsageException">A state is unknown or a bound is not positive.</exception>
    public KpinDesign Design(KpinLevel level, KpinFeatures features, KpinProblem problem, IReadOnlyList<(string Name, double Value)> given)
    {
        string[] states = [.. Transition.StateNames];
        foreach ((string name, double value) in given)
        {
            if (!states.Contains(name))
            {
                throw new UsageException("--bound", $"unknown state '{name}'", Suggestions.For(name, states));
            }

            if (!(value > 0.0))
            {
                throw new UsageException("--bound", FormattableString.Invariant($"the bound of '{name}' is {value}"), "Give a positive number.");
            }
        }

        (string Name, double Value)[] bounds = given.Count > 0
            ? [.. given]
            : [.. Noisy(states).Select(name => (name, Spread * SpreadOf(problem, Array.IndexOf(states, name))))];
        if (bounds.Length == 0)
        {
            throw new UsageException("--bound", "no state of the model has process noise", "Say which rate may be corrected, for instance --bound v=1.");
        }

        var influence = new double[states.Length, bounds.Length];
        for (int i = 0; i < bounds.Length; i++)
        {
            influence[Array.IndexOf(states, bounds[i].Name), i] = 1.0;
        }

        return new(level, features, influence, [.. bounds.Select(bound => bound.Value)]);
    }

    private IEnumerable<string> Noisy(string[] states) =>
        Automaton.Estimation!.ProcessNoise.Select(noise => noise.Target).Where(states.Contains).Distinct();

    // Root mean square of the rate at which the plain filter's estimate of a state moves.
    private static double SpreadOf(KpinProblem problem, int state)
    {
        (double sum, int count) = (0.0, 0);
        foreach (KpinTrajectory run in problem.Trajectories)
        {
            ExtendedKalmanFilter filter = problem.StartNominal(run);
            double last = filter.Belief.Mean[state];
            double time = run.Start;
            problem.Run(filter, run, step =>
            {
                double rate = (filter.Belief.Mean[state] - last) / (run.Times[step] - time);
                (last, time) = (filter.Belief.Mean[state], run.Times[step]);
                sum += rate * rate;
                count++;
            });
        }

        return Math.Max(Math.Sqrt(sum / Math.Max(count, 1)), 1e-9);
    }
}
