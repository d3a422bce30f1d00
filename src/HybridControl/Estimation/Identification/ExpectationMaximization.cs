using System.Collections.Immutable;
using HybridControl.Diagnostics;
using MathNet.Numerics.LinearAlgebra;

namespace HybridControl.Estimation;

/// <summary>Estimates noise covariances, and transition and sensor if wanted, of a linear model by expectation and maximisation.</summary>
/// <remarks>
/// Each iteration smooths all states and sets the matrices to what the expected squares say; the likelihood never falls, and
/// covariances stay positive semidefinite without constraint. Slow near the optimum: <see cref="MaximumLikelihood"/> ends there
/// faster when parameters are few. Missing components are treated as unknown too. The initial belief is kept.
/// R. H. Shumway and D. S. Stoffer, J. Time Series Analysis 3 (1982), 253-264; missing components: the same, Time Series
/// Analysis and Its Applications (2017), section 6.4.
/// </remarks>
public sealed record ExpectationMaximization
{
    /// <summary>Which matrices are estimated; Q and R by default.</summary>
    public EmParts Parts { get; init; } = EmParts.Noise;

    /// <summary>Whether Q and R are diagonal.</summary>
    public bool DiagonalNoise { get; init; }

    /// <summary>The largest number of iterations.</summary>
    public int MaximumIterations { get; init; } = 500;

    /// <summary>It has converged when the log-likelihood rises by less than this part of 1 + its size.</summary>
    public double Tolerance { get; init; } = 1e-9;

    /// <summary>Estimates the model of a series.</summary>
    /// <param name="transition">The transition to start from.</param>
    /// <param name="sensor">The sensor to start from.</param>
    /// <param name="initial">The belief at <paramref name="startTime"/>; unknown directions are allowed if the series fixes them.</param>
    /// <param name="series">Measurements at the steps of the model, all of that sensor.</param>
    /// <param name="startTime">Time of the initial belief; the first measurement's if omitted, so that it comes before any step.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <exception cref="ModelException">
    /// Sizes differ, the series has fewer than two measurements, two at a time or nothing but missing ones, or names sensors of its own.
    /// </exception>
    /// <exception cref="OperationCanceledException">The search was cancelled.</exception>
    public EmFit Fit(
        LinearTransition transition, LinearMeasurement sensor, GaussianBelief initial, MeasurementSeries series, double? startTime = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(transition);
        ArgumentNullException.ThrowIfNull(sensor);
        ArgumentNullException.ThrowIfNull(initial);
        ArgumentNullException.ThrowIfNull(series);
        if (series.Measurements.Length < 2 || series.Measurements.Any(item => item.Sensor is not null) ||
            series.Measurements.Zip(series.Measurements.Skip(1)).Any(pair => pair.First.Time == pair.Second.Time))
        {
            throw new ModelException(
                "series",
                "there are fewer than two measurements, two at the same time, or some name a sensor",
                "Give one measurement at each step, of the one sensor that is estimated.");
        }

        if (!series.Measurements.Any(item => item.Values.Any(double.IsFinite)))
        {
            throw new ModelException("series", "every component of every measurement is missing", "Give measurements to estimate from.");
        }

        double start = startTime ?? series.Measurements[0].Time;
        if (start < series.Measurements[0].Time)
        {
            // The step from the start to the first measurement tells of Q too: begin with a measurement of nothing.
            double[] nothing = [.. Enumerable.Repeat(double.NaN, sensor.Count)];
            series = new MeasurementSeries(series.Measurements.Insert(0, new TimedMeasurement(start, nothing, new double[transition.InputCount])));
        }

        EmModel model = EmModel.Of(transition, sensor);
        ImmutableArray<double>.Builder likelihoods = ImmutableArray.CreateBuilder<double>();
        FitStatus status = FitStatus.NotConverged;
        for (int iteration = 0; ; iteration++)
        {
            cancellation.ThrowIfCancellationRequested();
            SmoothedMoments? moments = SmoothedMoments.Of(model, initial, start, series);
            if (moments is null || !double.IsFinite(moments.LogLikelihood))
            {
                status = FitStatus.NoLikelihood;
                break;
            }

            double rise = likelihoods.Count > 0 ? moments.LogLikelihood - likelihoods[^1] : double.PositiveInfinity;
            likelihoods.Add(moments.LogLikelihood);
            if (rise < Tolerance * (1.0 + Math.Abs(moments.LogLikelihood)))
            {
                status = FitStatus.Converged;
                break;
            }

            if (iteration >= MaximumIterations)
            {
                break;
            }

            model = MaximizeTransition(MaximizeSensor(model, moments, series), moments, series);
        }

        return new EmFit
        {
            Status = status,
            Transition = model.Transition(),
            Sensor = model.Sensor(),
            F = model.F.ToArray(),
            Q = model.Q.ToArray(),
            H = model.H.ToArray(),
            R = model.R.ToArray(),
            LogLikelihoods = likelihoods.ToImmutable(),
        };
    }

    private EmModel MaximizeTransition(EmModel model, SmoothedMoments moments, MeasurementSeries series)
    {
        int n = model.F.RowCount;
        Matrix<double> f = model.F;
        if (Parts.HasFlag(EmParts.F))
        {
            Matrix<double> crossed = Matrix<double>.Build.Dense(n, n);
            Matrix<double> squares = Matrix<double>.Build.Dense(n, n);
            for (int k = 0; k < moments.Lagged.Length; k++)
            {
                Vector<double> pushed = moments.Means[k + 1] - model.Push(series.Measurements[k + 1].Input);
                crossed += moments.Lagged[k] + pushed.OuterProduct(moments.Means[k]);
                squares += moments.Covariances[k] + moments.Means[k].OuterProduct(moments.Means[k]);
            }

            f = Regress(crossed, squares);
        }

        if (!Parts.HasFlag(EmParts.Q))
        {
            return model with { F = f };
        }

        Matrix<double> q = Matrix<double>.Build.Dense(n, n);
        for (int k = 0; k < moments.Lagged.Length; k++)
        {
            Vector<double> step = moments.Means[k + 1] - (f * moments.Means[k]) - model.Push(series.Measurements[k + 1].Input);
            Matrix<double> lag = moments.Lagged[k].TransposeAndMultiply(f);
            q += step.OuterProduct(step) + moments.Covariances[k + 1] - lag - lag.Transpose() +
                (f * moments.Covariances[k]).TransposeAndMultiply(f);
        }

        return model with { F = f, Q = Noise(q / moments.Lagged.Length) };
    }

    // A measurement is z = t + T x + e: observed rows have t = z, missing ones what the observed noise says of theirs.
    private EmModel MaximizeSensor(EmModel model, SmoothedMoments moments, MeasurementSeries series)
    {
        if ((Parts & (EmParts.R | EmParts.H)) == 0)
        {
            return model;
        }

        (int n, int m) = (model.F.RowCount, model.H.RowCount);
        int[] measured = [.. Enumerable.Range(0, moments.Means.Length).Where(k => !series.Measurements[k].Values.All(double.IsNaN))];
        (Vector<double> Value, Matrix<double> Slope, Matrix<double> Spread)[] filled =
            [.. measured.Select(k => Fill(model, series.Measurements[k].Values))];

        Matrix<double> h = model.H;
        if (Parts.HasFlag(EmParts.H))
        {
            Matrix<double> crossed = Matrix<double>.Build.Dense(m, n);
            Matrix<double> squares = Matrix<double>.Build.Dense(n, n);
            for (int k = 0; k < filled.Length; k++)
            {
                (Vector<double> value, Matrix<double> slope, _) = filled[k];
                (Vector<double> mean, Matrix<double> covariance) = (moments.Means[measured[k]], moments.Covariances[measured[k]]);
                crossed += (value + (slope * mean)).OuterProduct(mean) + (slope * covariance);
                squares += covariance + mean.OuterProduct(mean);
            }

            h = Regress(crossed, squares);
        }

        if (!Parts.HasFlag(EmParts.R))
        {
            return model with { H = h };
        }

        Matrix<double> r = Matrix<double>.Build.Dense(m, m);
        for (int k = 0; k < filled.Length; k++)
        {
            (Vector<double> value, Matrix<double> slope, Matrix<double> spread) = filled[k];
            Matrix<double> difference = slope - h;
            Vector<double> error = value + (difference * moments.Means[measured[k]]);
            r += error.OuterProduct(error) + (difference * moments.Covariances[measured[k]]).TransposeAndMultiply(difference) + spread;
        }

        return model with { H = h, R = Noise(r / filled.Length) };
    }

    private static (Vector<double> Value, Matrix<double> Slope, Matrix<double> Spread) Fill(EmModel model, double[] z)
    {
        (int n, int m) = (model.F.RowCount, z.Length);
        Vector<double> value = Vector<double>.Build.DenseOfArray([.. z.Select(number => double.IsNaN(number) ? 0.0 : number)]);
        Matrix<double> slope = Matrix<double>.Build.Dense(m, n);
        Matrix<double> rest = Matrix<double>.Build.Dense(m, m);
        int[] missing = [.. Enumerable.Range(0, m).Where(i => double.IsNaN(z[i]))];
        int[] seen = [.. Enumerable.Range(0, m).Where(i => !double.IsNaN(z[i]))];
        if (missing.Length == 0)
        {
            return (value, slope, rest);
        }

        Matrix<double> weights = Matrix<double>.Build.Dense(missing.Length, Math.Max(1, seen.Length));
        if (seen.Length > 0)
        {
            Matrix<double> covariance = Pick(model.R, seen, seen);
            weights = (covariance.PseudoInverse() * Pick(model.R, seen, missing)).Transpose();
        }

        for (int i = 0; i < missing.Length; i++)
        {
            Vector<double> row = model.H.Row(missing[i]);
            for (int j = 0; j < seen.Length; j++)
            {
                value[missing[i]] += weights[i, j] * z[seen[j]];
                row -= weights[i, j] * model.H.Row(seen[j]);
            }

            slope.SetRow(missing[i], row);
            for (int other = 0; other < missing.Length; other++)
            {
                double explained = Enumerable.Range(0, seen.Length).Sum(j => weights[i, j] * model.R[seen[j], missing[other]]);
                rest[missing[i], missing[other]] = model.R[missing[i], missing[other]] - explained;
            }
        }

        return (value, slope, rest);
    }

    // The solution of least norm, so that states that never move do not end the search.
    private static Matrix<double> Regress(Matrix<double> crossed, Matrix<double> squares) => crossed * squares.PseudoInverse();

    private static Matrix<double> Pick(Matrix<double> matrix, int[] rows, int[] columns) =>
        Matrix<double>.Build.Dense(rows.Length, columns.Length, (i, j) => matrix[rows[i], columns[j]]);

    private Matrix<double> Noise(Matrix<double> covariance) =>
        DiagonalNoise ? Matrix<double>.Build.DenseOfDiagonalVector(covariance.Diagonal()) : 0.5 * (covariance + covariance.Transpose());
}
