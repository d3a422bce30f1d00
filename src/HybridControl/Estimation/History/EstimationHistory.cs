using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Estimation.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>What an estimator believed over time, and how its measurements surprised it.</summary>
/// <remarks>
/// One row for each recorded moment; several rows may share a time, as before and after an update. NaN stands for what was missing or
/// not known. Immutable and thread-safe; <see cref="EstimationRecorder"/> makes one. Equality is by reference.
/// </remarks>
public sealed class EstimationHistory
{
    private readonly EstimationRows _rows;

    internal EstimationHistory(EstimationLayout layout, EstimationRows rows)
    {
        Layout = layout;
        _rows = rows;
    }

    /// <summary>Names of the states.</summary>
    public ImmutableArray<string> States => Layout.States;

    /// <summary>Units of the states; empty text for none.</summary>
    public ImmutableArray<string> StateUnits => Layout.StateUnits;

    /// <summary>Names of the measured components of all sensors.</summary>
    public ImmutableArray<string> Measurements => Layout.Measurements;

    /// <summary>Units of the measured components; empty text for none.</summary>
    public ImmutableArray<string> MeasurementUnits => Layout.MeasurementUnits;

    /// <summary>Names of the modes; empty if the estimator knows none.</summary>
    public ImmutableArray<string> Modes => Layout.Modes;

    /// <summary>Whether the factors of the covariances were kept.</summary>
    public bool HasFactors => Layout.KeepFactors;

    /// <summary>The number of rows.</summary>
    public int Count => _rows.Count;

    /// <summary>Times in seconds, one for each row, never decreasing.</summary>
    public ReadOnlySpan<double> Times => _rows.Times.All;

    /// <summary>Sum of all <see cref="LogLikelihood"/>.</summary>
    public double TotalLogLikelihood
    {
        get
        {
            double sum = 0.0;
            foreach (double value in _rows.LogLikelihoods.All)
            {
                sum += value;
            }

            return sum;
        }
    }

    internal EstimationLayout Layout { get; }

    /// <summary>Mean of each state, n numbers.</summary>
    public ReadOnlySpan<double> Mean(int row) => _rows.Means[row];

    /// <summary>Standard deviation of each state, n numbers.</summary>
    public ReadOnlySpan<double> Deviation(int row) => _rows.Deviations[row];

    /// <summary>Factor L of the covariance P = L L', n by n, row-major; empty unless <see cref="HasFactors"/>.</summary>
    public ReadOnlySpan<double> Factor(int row) => _rows.Factors[row];

    /// <summary>What was measured, m numbers; NaN where nothing was.</summary>
    public ReadOnlySpan<double> Measurement(int row) => _rows.Measured[row];

    /// <summary>Innovations z - h(x), m numbers; NaN where nothing was measured.</summary>
    public ReadOnlySpan<double> Innovation(int row) => _rows.Innovations[row];

    /// <summary>Standard deviations of the innovations before they were known, m numbers; NaN where nothing was measured.</summary>
    public ReadOnlySpan<double> InnovationDeviation(int row) => _rows.InnovationDeviations[row];

    /// <summary>Factor of S of the components that were measured, k by k for <see cref="Degrees"/> k, row-major, in their order.</summary>
    public ReadOnlySpan<double> InnovationFactor(int row) => _rows.InnovationFactors[row][..(Degrees(row) * Degrees(row))];

    /// <summary>Normalised innovation squared; NaN without a measurement.</summary>
    public double Nis(int row) => _rows.Nis[row][0];

    /// <summary>How many components were measured: the degrees of freedom of <see cref="Nis"/>.</summary>
    public int Degrees(int row) => (int)_rows.Degrees[row][0];

    /// <summary>What the row added to the logarithm of the likelihood of all measurements.</summary>
    public double LogLikelihood(int row) => _rows.LogLikelihoods[row][0];

    /// <summary>How the update ended; <see cref="EstimationStatus.Missing"/> for a row without one.</summary>
    public EstimationStatus Status(int row) => (EstimationStatus)(int)_rows.Statuses[row][0];

    /// <summary>Probability of each mode; empty if the estimator knows no modes.</summary>
    public ReadOnlySpan<double> ModeProbability(int row) => _rows.ModeProbabilities[row];

    /// <summary>Number of a state.</summary>
    /// <exception cref="ModelException">The name is unknown.</exception>
    public int StateIndex(string name) => IndexOf(States, name, "states");

    /// <summary>Number of a measured component.</summary>
    /// <exception cref="ModelException">The name is unknown.</exception>
    public int MeasurementIndex(string name) => IndexOf(Measurements, name, "measurements");

    /// <summary>Means of one state, one for each row; a new array.</summary>
    /// <exception cref="ModelException">The name is unknown.</exception>
    public double[] MeanOf(string state) => _rows.Means.Column(StateIndex(state));

    /// <summary>Standard deviations of one state, one for each row; a new array.</summary>
    /// <exception cref="ModelException">The name is unknown.</exception>
    public double[] DeviationOf(string state) => _rows.Deviations.Column(StateIndex(state));

    /// <summary>The rows between two times, both included.</summary>
    /// <exception cref="ModelException">There is no such row.</exception>
    public EstimationHistory Between(double start, double end)
    {
        (int first, int last) = (0, Count - 1);
        while (first < Count && !(Times[first] >= start))
        {
            first++;
        }

        while (last >= 0 && !(Times[last] <= end))
        {
            last--;
        }

        return first <= last
            ? new(Layout, _rows.Slice(first, last - first + 1))
            : throw new ModelException(
                FormattableString.Invariant($"history, Between({start}, {end})"),
                Count == 0 ? "the history is empty" : FormattableString.Invariant($"the history lasts from {Times[0]} s to {Times[^1]} s and has no row there"),
                "Choose times within the history.");
    }

    /// <summary>Judges the innovations: NIS, bias, spread, whiteness, shape.</summary>
    /// <param name="options">Levels; null for the default ones. Names are those of the history.</param>
    public ConsistencyReport Judge(ConsistencyOptions? options = null)
    {
        var judge = new ConsistencyAccumulator(
            0, Measurements.Length, (options ?? new()) with { Measurements = Measurements, States = [], Steps = Math.Max(1, Count) });
        int[] components = new int[Measurements.Length];
        double[] innovation = new double[Measurements.Length];
        for (int row = 0; row < Count; row++)
        {
            int degrees = 0;
            for (int i = 0; i < components.Length; i++)
            {
                if (!double.IsNaN(Innovation(row)[i]))
                {
                    (components[degrees], innovation[degrees]) = (i, Innovation(row)[i]);
                    degrees++;
                }
            }

            if (degrees > 0)
            {
                judge.AddInnovation(components.AsSpan(0, degrees), innovation.AsSpan(0, degrees), InnovationFactor(row));
            }
        }

        return judge.ToReport();
    }

    private static int IndexOf(ImmutableArray<string> names, string name, string what)
    {
        int index = names.IndexOf(name);
        return index >= 0 ? index : throw new ModelException($"history, {what}", $"unknown name '{name}'", Suggestions.For(name, names));
    }
}
