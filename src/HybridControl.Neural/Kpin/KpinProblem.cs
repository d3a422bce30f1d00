using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Estimation;

namespace HybridControl.Neural.Kpin;

/// <summary>What a network is to correct, and the measurements that tell how.</summary>
/// <param name="Transition">How the states move by physics.</param>
/// <param name="Sensor">What is measured.</param>
/// <param name="Initial">The belief at the start of each trajectory.</param>
/// <param name="Trajectories">The measurements.</param>
public sealed record KpinProblem(
    TransitionModel Transition, MeasurementModel Sensor, GaussianBelief Initial, IReadOnlyList<KpinTrajectory> Trajectories)
{
    /// <summary>Whether the true states are known everywhere.</summary>
    public bool HasStates => Trajectories.All(trajectory => !trajectory.States.IsEmpty);

    /// <summary>The plain filter of the model at the start of a trajectory, with work space of its own.</summary>
    public ExtendedKalmanFilter StartNominal(KpinTrajectory trajectory) =>
        new(Transition.Fork(), Sensor.Fork(), Initial, trajectory.Start);

    /// <summary>The filter with a network at the start of a trajectory, with work space of its own.</summary>
    public KpinEstimator Start(KpinNetwork network, KpinTrajectory trajectory) =>
        new(Transition.Fork(), Sensor.Fork(), Initial, network.Design, network.Fork(), trajectory.Start);

    /// <summary>Runs an estimator along a trajectory.</summary>
    /// <param name="estimator">At the start of the trajectory.</param>
    /// <param name="trajectory">The measurements.</param>
    /// <param name="visit">Called after each update with its number; null for nothing.</param>
    /// <exception cref="ModelException">A prediction or an update failed.</exception>
    public void Run(IEstimator estimator, KpinTrajectory trajectory, Action<int>? visit = null)
    {
        (int m, int k) = (Sensor.Count, Transition.InputCount);
        for (int step = 0; step < trajectory.Count; step++)
        {
            EstimationStatus status = estimator.Predict(
                trajectory.Times[step], trajectory.Inputs.AsSpan().Slice(step * k, k));
            if (status == EstimationStatus.Done)
            {
                status = estimator.Update(trajectory.Measurements.AsSpan().Slice(step * m, m));
            }

            Demand(trajectory, step, status);
            visit?.Invoke(step);
        }
    }

    /// <summary>Refuses measurements that do not fit the model.</summary>
    /// <exception cref="ModelException">A size, a time or a number is wrong; with every finding.</exception>
    public void Check()
    {
        var findings = new FindingList();
        if (Trajectories.All(trajectory => trajectory.Measurements.All(double.IsNaN)))
        {
            findings.Error("training", "there are no measurements", "Give at least one trajectory with one.");
        }

        if (Initial.Dimension != Transition.StateCount)
        {
            findings.Error("training.initial", $"{Initial.Dimension} states where the model has {Transition.StateCount}", "Give a belief of the model's states.");
        }

        foreach (KpinTrajectory trajectory in Trajectories)
        {
            Expect(trajectory, "measurements", trajectory.Measurements.Length, Sensor.Count, findings);
            Expect(trajectory, "inputs", trajectory.Inputs.Length, Transition.InputCount, findings);
            if (!trajectory.States.IsEmpty)
            {
                Expect(trajectory, "states", trajectory.States.Length, Transition.StateCount, findings);
            }

            CheckNumbers(trajectory, findings);
        }

        if (findings.Count > 0)
        {
            throw new ModelException(findings.ToImmutable());
        }
    }

    /// <summary>Refuses to go on after a step that failed.</summary>
    /// <exception cref="ModelException">It did.</exception>
    internal static void Demand(KpinTrajectory trajectory, int step, EstimationStatus status)
    {
        if (status is not (EstimationStatus.Done or EstimationStatus.Missing or EstimationStatus.Gated))
        {
            throw new ModelException(
                FormattableString.Invariant($"{trajectory.Name}, t = {trajectory.Times[step]} s"), $"the estimator stopped: {status}");
        }
    }

    private static void Expect(KpinTrajectory trajectory, string what, int given, int each, FindingList findings)
    {
        if (given != each * trajectory.Count)
        {
            findings.Error(
                $"{trajectory.Name}.{what}",
                $"{given} numbers for {trajectory.Count} times",
                $"Give {each} for each time.");
        }
    }

    private static void CheckNumbers(KpinTrajectory trajectory, FindingList findings)
    {
        for (int step = 0; step < trajectory.Count; step++)
        {
            if (!(trajectory.Times[step] > trajectory.Before(step)) || !double.IsFinite(trajectory.Times[step]))
            {
                findings.Error(
                    FormattableString.Invariant($"{trajectory.Name}.times[{step}]"),
                    FormattableString.Invariant($"{trajectory.Times[step]} s after {trajectory.Before(step)} s"),
                    "Sort the measurements by time, and put what was measured at one time into one row.");
                return;
            }
        }

        Refuse(trajectory, "measurements", IndexOf(trajectory.Measurements, double.IsInfinity), findings);
        Refuse(trajectory, "inputs", IndexOf(trajectory.Inputs, value => !double.IsFinite(value)), findings);
        Refuse(trajectory, "states", IndexOf(trajectory.States, value => !double.IsFinite(value)), findings);
    }

    private static int IndexOf(ImmutableArray<double> values, Func<double, bool> isWrong)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (isWrong(values[i]))
            {
                return i;
            }
        }

        return -1;
    }

    private static void Refuse(KpinTrajectory trajectory, string what, int index, FindingList findings)
    {
        if (index >= 0)
        {
            findings.Error(
                FormattableString.Invariant($"{trajectory.Name}.{what}[{index}]"), "the number is not finite", "Mend the data. A missing measurement is NaN.");
        }
    }
}
