using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>Modes that follow each other at random, whatever the states are.</summary>
/// <remarks>
/// In discrete time one prediction is one step of the chain, however long; in continuous time the probabilities of a step
/// are exp(Q h), so that steps of any length fit together. Keeps the last step: one thread at a time.
/// </remarks>
public sealed class MarkovChain : ModeSwitching
{
    private readonly double[] _step;
    private readonly double[]? _rates;
    private readonly double[] _jump;
    private readonly double[] _power;
    private readonly double[] _product;
    private readonly double _fastest;
    private double _duration = double.NaN;

    private MarkovChain(int modeCount, double[] step, double[]? rates)
        : base(modeCount)
    {
        _step = step;
        _rates = rates;
        _jump = rates is null ? [] : new double[rates.Length];
        _power = new double[_jump.Length];
        _product = new double[_jump.Length];
        for (int i = 0; i < modeCount && rates is not null; i++)
        {
            _fastest = Math.Max(_fastest, -rates[i * (modeCount + 1)]);
        }

        for (int i = 0; i < _jump.Length; i++)
        {
            _jump[i] = (_fastest > 0.0 ? rates![i] / _fastest : 0.0) + (i % (modeCount + 1) == 0 ? 1.0 : 0.0);
        }
    }

    /// <summary>A chain in discrete time.</summary>
    /// <param name="rows">Row i holds the probabilities to go on in each mode after mode i; each row adds up to one.</param>
    /// <exception cref="ModelException">The rows are not square, a number is not a probability, or a row does not add up to one; with every finding.</exception>
    public static MarkovChain FromRows(params double[][] rows)
    {
        int n = CheckSquare(rows);
        var findings = new List<Finding>();
        for (int i = 0; i < n; i++)
        {
            CheckRow(rows[i], i, findings);
        }

        ThrowIfAny(findings);
        double[] step = Flatten(rows);
        for (int i = 0; i < n; i++)
        {
            Normalize(step.AsSpan(i * n, n));
        }

        return new MarkovChain(n, step, rates: null);
    }

    /// <summary>A chain in continuous time.</summary>
    /// <param name="rows">
    /// The generator Q, per second: entry (i, j) is the rate of jumps from mode i to mode j, not negative; each row adds up
    /// to zero, so that a diagonal entry is minus one over the mean time spent in a mode.
    /// </param>
    /// <exception cref="ModelException">The rows are not square, a rate is negative, or a row does not add up to zero; with every finding.</exception>
    public static MarkovChain FromRates(params double[][] rows)
    {
        int n = CheckSquare(rows);
        var findings = new List<Finding>();
        for (int i = 0; i < n; i++)
        {
            CheckRates(rows[i], i, findings);
        }

        ThrowIfAny(findings);
        double[] rates = Flatten(rows);
        for (int i = 0; i < n; i++)
        {
            rates[i * (n + 1)] = 0.0;
            rates[i * (n + 1)] = -Sum(rates.AsSpan(i * n, n));
        }

        return new MarkovChain(n, new double[n * n], rates);
    }

    /// <summary>Whether the chain runs in continuous time.</summary>
    public bool IsContinuous => _rates is not null;

    /// <inheritdoc/>
    /// <remarks>In continuous time.</remarks>
    public override bool CanDivideSteps => IsContinuous;

    /// <inheritdoc/>
    public override ModeSwitching Fork() => IsContinuous ? new MarkovChain(ModeCount, new double[_step.Length], _rates) : this;

    /// <summary>The probabilities of a step, N by N, row-major; valid until the next call.</summary>
    /// <param name="duration">Length of the step in seconds, not negative; a chain in discrete time does not ask for it.</param>
    /// <exception cref="ModelException">The duration is negative or not finite.</exception>
    public ReadOnlySpan<double> Step(double duration)
    {
        if (IsContinuous && duration != _duration)
        {
            if (!(duration >= 0.0 && double.IsFinite(duration)))
            {
                throw new ModelException(
                    "switching.step", FormattableString.Invariant($"a step of {duration} s"), "Give a finite duration that is not negative.");
            }

            Exponentiate(duration);
            _duration = duration;
        }

        return _step;
    }

    /// <inheritdoc/>
    internal override void Divide(
        int mode, double from, double to, GaussianBelief belief, Span<double> probabilities, ReadOnlySpan<GaussianBelief> parts) =>
        Step(to - from).Slice(mode * ModeCount, ModeCount).CopyTo(probabilities);

    // Uniformisation: exp(Q h) = sum of Poisson(q h; k) J^k with J = 1 + Q / q, a sum without cancellation, over a part of
    // the step with q h at most 1; then squares. A. Jensen, Skand. Aktuarietidskr. 36 (1953), 87-91.
    private void Exponentiate(double duration)
    {
        const int terms = 20; // 1 / 20! is below 1e-18
        int n = ModeCount;
        double load = _fastest * duration;
        int doublings = load > 1.0 ? (int)Math.Ceiling(Math.Log2(load)) : 0;
        load = Math.ScaleB(load, -doublings);
        _step.AsSpan().Clear();
        _power.AsSpan().Clear();
        for (int i = 0; i < n; i++)
        {
            _power[i * (n + 1)] = Math.Exp(-load);
        }

        for (int k = 1; k <= terms; k++)
        {
            Dense.Axpy(1.0, _power, _step);
            Dense.Multiply(_power, _jump, _product, n, n, n);
            for (int i = 0; i < _power.Length; i++)
            {
                _power[i] = load / k * _product[i];
            }
        }

        for (int i = 0; i <= doublings; i++)
        {
            for (int row = 0; row < n; row++)
            {
                Normalize(_step.AsSpan(row * n, n));
            }

            if (i < doublings)
            {
                Dense.Multiply(_step, _step, _product, n, n, n);
                _product.CopyTo(_step, 0);
            }
        }
    }

    private static double Sum(ReadOnlySpan<double> values)
    {
        double sum = 0.0;
        foreach (double value in values)
        {
            sum += value;
        }

        return sum;
    }

    private static void Normalize(Span<double> row)
    {
        double sum = Sum(row);
        foreach (ref double entry in row)
        {
            entry /= sum;
        }
    }

    private static double[] Flatten(double[][] rows) => [.. rows.SelectMany(row => row)];

    private static int CheckSquare(double[][] rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var findings = new List<Finding>();
        for (int i = 0; i < rows.Length; i++)
        {
            if (rows[i].Length != rows.Length)
            {
                findings.Add(new Finding(
                    FormattableString.Invariant($"switching.row {i}"),
                    FormattableString.Invariant($"{rows[i].Length} numbers for {rows.Length} modes"),
                    "Give one row for each mode, with one number for each mode."));
            }
        }

        if (rows.Length == 0)
        {
            findings.Add(new Finding("switching", "there are no modes", "Give one row for each mode."));
        }

        ThrowIfAny(findings);
        return rows.Length;
    }

    private static void CheckRow(ReadOnlySpan<double> row, int i, List<Finding> findings)
    {
        for (int j = 0; j < row.Length; j++)
        {
            if (!(row[j] >= 0.0 && row[j] <= 1.0))
            {
                findings.Add(new Finding(
                    FormattableString.Invariant($"switching.row {i}[{j}]"),
                    FormattableString.Invariant($"{row[j]} is not a probability"),
                    "Give numbers from 0 to 1."));
            }
        }

        double sum = Sum(row);
        if (double.IsFinite(sum) && Math.Abs(sum - 1.0) > 1e-9)
        {
            findings.Add(new Finding(
                FormattableString.Invariant($"switching.row {i}"),
                FormattableString.Invariant($"the probabilities add up to {sum}"),
                "Give rows that add up to one: entry (i, j) is the probability to go on in mode j after mode i."));
        }
    }

    private static void CheckRates(ReadOnlySpan<double> row, int i, List<Finding> findings)
    {
        double leaving = 0.0;
        for (int j = 0; j < row.Length; j++)
        {
            if (!double.IsFinite(row[j]) || (i != j && row[j] < 0.0))
            {
                findings.Add(new Finding(
                    FormattableString.Invariant($"switching.row {i}[{j}]"),
                    FormattableString.Invariant($"{row[j]} is not a rate of jumps"),
                    "Give finite numbers per second, not negative off the diagonal."));
            }
            else if (i != j)
            {
                leaving += row[j];
            }
        }

        if (!(Math.Abs(row[i] + leaving) <= 1e-9 * leaving))
        {
            findings.Add(new Finding(
                FormattableString.Invariant($"switching.row {i}"),
                FormattableString.Invariant($"the rates add up to {row[i] + leaving}"),
                FormattableString.Invariant($"Give {-leaving} on the diagonal: the rows of a generator add up to zero.")));
        }
    }

    private static void ThrowIfAny(List<Finding> findings)
    {
        if (findings.Count > 0)
        {
            throw new ModelException(findings);
        }
    }
}
