using System.Collections.Immutable;
using HybridControl.Diagnostics;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;
using MathNet.Numerics.Optimization;

namespace HybridControl.Estimation;

/// <summary>Finds the parameters of a model under which the measurements are most likely.</summary>
/// <remarks>
/// The likelihood is the estimator's own (prediction errors), so any filter will do; with
/// <see cref="GaussianBelief.Unknown"/> it is the exact diffuse one. Search by a simplex, then Newton steps with central differences of
/// the likelihood, over the free form of each parameter (<see cref="FitParameter"/>). A parameter whose bound is as likely as the
/// optimum is put there. Standard errors from the inverse of the negative Hessian and the slope of the free form.
/// A. C. Harvey, Forecasting, Structural Time Series Models and the Kalman Filter (1989), sections 3.4 and 4.2;
/// J. A. Nelder and R. Mead, Computer J. 7 (1965), 308-313.
/// </remarks>
public sealed class MaximumLikelihood
{
    private const double GradientStep = 1e-4;
    private const double HessianStep = 1e-3;
    private static readonly double[] Reaches = [2.0, 5.0, 10.0, 20.0, 40.0];

    private readonly ImmutableArray<FitParameter> _parameters;
    private readonly Func<FitValues, IEstimator> _model;

    /// <summary>Creates a fit.</summary>
    /// <param name="parameters">What is looked for.</param>
    /// <param name="model">Starts an estimator for given values; called for every evaluation.</param>
    /// <exception cref="ModelException">There are no parameters, or two of the same name.</exception>
    public MaximumLikelihood(IReadOnlyList<FitParameter> parameters, Func<FitValues, IEstimator> model)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(model);
        if (parameters.Count == 0 || parameters.Select(parameter => parameter.Name).Distinct().Count() < parameters.Count)
        {
            throw new ModelException("parameters", "there are none, or two of the same name", "Give each parameter a name of its own.");
        }

        _parameters = [.. parameters];
        _model = model;
    }

    /// <summary>The largest number of times that the series is filtered.</summary>
    public int MaximumEvaluations { get; init; } = 5000;

    /// <summary>Fits the parameters to a series.</summary>
    /// <param name="series">The measurements.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <exception cref="ModelException">The model cannot be made at the initial values.</exception>
    /// <exception cref="OperationCanceledException">The search was cancelled.</exception>
    public LikelihoodFit Fit(MeasurementSeries series, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(series);
        var search = new Search(this, series, cancellation);
        double[] initial = [.. _parameters.Select(parameter => parameter.Initial)];
        if (!double.IsFinite(series.LogLikelihood(_model(new FitValues(_parameters, initial)))))
        {
            return search.Answer(FitStatus.NoLikelihood, initial, [], double.NaN, null);
        }

        double[] point = [.. _parameters.Select(parameter => parameter.ToFree(parameter.Initial))];
        int[] free = [.. Enumerable.Range(0, point.Length)];
        var bounds = new double?[point.Length];
        while (true)
        {
            bool rests = search.Climb(point, free, bounds);
            double best = search.At(point, bounds);
            if (search.FindBound(point, free, bounds, best) is int stuck)
            {
                free = [.. free.Where(index => index != stuck)];
                if (free.Length > 0)
                {
                    continue;
                }
            }

            return search.Finish(point, free, bounds, rests);
        }
    }

    /// <summary>One search: counts evaluations and turns what cannot be evaluated into a likelihood of zero.</summary>
    private sealed class Search(MaximumLikelihood fit, MeasurementSeries series, CancellationToken cancellation)
    {
        private int _evaluations = 1;

        public double At(double[] point, double?[] bounds)
        {
            cancellation.ThrowIfCancellationRequested();
            _evaluations++;
            double[] values = Values(point, bounds);
            try
            {
                double result = Array.TrueForAll(values, double.IsFinite)
                    ? series.LogLikelihood(fit._model(new FitValues(fit._parameters, values)))
                    : double.NaN;
                return double.IsNaN(result) ? double.NegativeInfinity : result;
            }
            catch (ModelException)
            {
                return double.NegativeInfinity; // such values make no model: the search turns back
            }
        }

        // Moves the free coordinates of the point uphill; false if evaluations ran out.
        public bool Climb(double[] point, int[] free, double?[] bounds)
        {
            Simplex(point, free, bounds);
            for (int step = 0; step < 50; step++)
            {
                if (_evaluations >= fit.MaximumEvaluations)
                {
                    return false;
                }

                double here = At(point, bounds);
                Vector<double> gradient = Gradient(point, free, bounds);
                Evd<double> curvature = Hessian(point, free, bounds, here).Evd(Symmetricity.Symmetric);
                // Newton's step uphill in each principal direction; against a wrong or flat curvature a short one.
                Vector<double> along = curvature.EigenVectors.TransposeThisAndMultiply(gradient);
                Vector<double> move = curvature.EigenVectors * along.MapIndexed((i, g) =>
                    Math.Clamp(g / Math.Max(-curvature.EigenValues[i].Real, 1e-3), -2.0, 2.0));
                bool isSmall = move.InfinityNorm() < 1e-7;
                double scale = 1.0;
                double[] trial = point;
                double there = double.NegativeInfinity;
                while (scale > 1e-6)
                {
                    trial = (double[])point.Clone();
                    for (int i = 0; i < free.Length; i++)
                    {
                        trial[free[i]] += scale * move[i];
                    }

                    there = At(trial, bounds);
                    if (there >= here)
                    {
                        break;
                    }

                    scale *= 0.5;
                }

                if (there >= here)
                {
                    trial.CopyTo(point, 0);
                }

                // What the model says of the gain left, g' H^-1 g / 2, is below what rounding leaves of the likelihood.
                if (isSmall || scale <= 1e-6 || gradient * move < 1e-11 * (1.0 + Math.Abs(here)))
                {
                    return true;
                }
            }

            return false;
        }

        // A parameter whose bound is as likely as where it stands; its bound is taken note of.
        public int? FindBound(double[] point, int[] free, double?[] bounds, double best)
        {
            double slack = 1e-7 * (1.0 + Math.Abs(best));
            foreach (int index in free)
            {
                FitParameter parameter = fit._parameters[index];
                double[] ends = [.. new[] { parameter.Lower, parameter.Upper }.Where(double.IsFinite)];
                double[] likelihoods = [.. ends.Select(end => AtBound(point, bounds, index, end))];
                int[] likely = [.. Enumerable.Range(0, ends.Length).Where(i => likelihoods[i] >= best - slack)];
                if (likely.Length == 1 && Matters(point, bounds, index, best - slack, parameter.ToFree(ends[likely[0]]) < 0.0 ? 1.0 : -1.0))
                {
                    bounds[index] = ends[likely[0]];
                    return index;
                }
            }

            return null;
        }

        public LikelihoodFit Finish(double[] point, int[] free, double?[] bounds, bool rests)
        {
            double best = At(point, bounds);
            Matrix<double>? covariance = null;
            FitStatus status = free.Length < point.Length ? FitStatus.AtBound : FitStatus.Converged;
            if (free.Length > 0)
            {
                Matrix<double> information = -Hessian(point, free, bounds, best);
                Evd<double> curvature = information.Evd(Symmetricity.Symmetric);
                double noise = 1e-12 * (1.0 + Math.Abs(best)) / (HessianStep * HessianStep);
                if (curvature.EigenValues.Any(value => !(value.Real > 100.0 * noise)))
                {
                    status = FitStatus.Flat;
                }
                else
                {
                    covariance = information.Cholesky().Solve(Matrix<double>.Build.DenseIdentity(free.Length));
                }
            }

            status = rests ? status : FitStatus.NotConverged;
            return Answer(status, Values(point, bounds), free, best, covariance, point);
        }

        public LikelihoodFit Answer(
            FitStatus status, double[] values, int[] free, double best, Matrix<double>? covariance, double[]? point = null) => new()
            {
                Status = status,
                LogLikelihood = best,
                Evaluations = _evaluations,
                Parameters =
                [
                    .. fit._parameters.Select((parameter, index) =>
                    {
                        int at = Array.IndexOf(free, index);
                        double error = at < 0 || covariance is null ? double.NaN
                            : Math.Sqrt(covariance[at, at]) * Math.Abs(parameter.Slope(point![index]));
                        return new FittedParameter(parameter.Name, values[index], error, point is not null && at < 0);
                    }),
                ],
            };

        // Whether the likelihood falls anywhere on the way from the bound; else it is flat.
        private bool Matters(double[] point, double?[] bounds, int index, double threshold, double away) =>
            Reaches.Any(shift => !(Shifted(point, bounds, index, away * shift) >= threshold));

        private double AtBound(double[] point, double?[] bounds, int index, double end)
        {
            var trial = (double?[])bounds.Clone();
            trial[index] = end;
            return At(point, trial);
        }

        private void Simplex(double[] point, int[] free, double?[] bounds)
        {
            double start = At(point, bounds);
            double[] trial = (double[])point.Clone();
            double[] best = (double[])point.Clone();
            double highest = start;
            double Cost(Vector<double> coordinates)
            {
                for (int i = 0; i < free.Length; i++)
                {
                    trial[free[i]] = coordinates[i];
                }

                double value = At(trial, bounds);
                if (value > highest)
                {
                    highest = value;
                    trial.CopyTo(best, 0);
                }

                return double.IsNegativeInfinity(value) ? Math.Abs(start) + 1e10 : -value;
            }

            int rounds = Math.Min(100 * free.Length, Math.Max(1, fit.MaximumEvaluations - _evaluations));
            Vector<double> origin = Vector<double>.Build.Dense(free.Length, i => point[free[i]]);
            try
            {
                NelderMeadSimplex.Minimum(
                    ObjectiveFunction.Value(Cost), origin, Vector<double>.Build.Dense(free.Length, 0.5), 1e-4, rounds);
            }
            catch (MaximumIterationsException)
            {
                // The best point so far is where Newton's steps begin.
            }

            best.CopyTo(point, 0);
        }

        private Vector<double> Gradient(double[] point, int[] free, double?[] bounds) => Vector<double>.Build.Dense(
            free.Length,
            i => (Shifted(point, bounds, free[i], GradientStep) - Shifted(point, bounds, free[i], -GradientStep)) / (2.0 * GradientStep));

        private Matrix<double> Hessian(double[] point, int[] free, double?[] bounds, double here)
        {
            int k = free.Length;
            Matrix<double> hessian = Matrix<double>.Build.Dense(k, k);
            const double H = HessianStep;
            for (int i = 0; i < k; i++)
            {
                hessian[i, i] = (Shifted(point, bounds, free[i], H) - (2.0 * here) + Shifted(point, bounds, free[i], -H)) / (H * H);
                for (int j = 0; j < i; j++)
                {
                    double mixed = Shifted(point, bounds, free[i], H, free[j], H) - Shifted(point, bounds, free[i], H, free[j], -H) -
                        Shifted(point, bounds, free[i], -H, free[j], H) + Shifted(point, bounds, free[i], -H, free[j], -H);
                    hessian[i, j] = hessian[j, i] = mixed / (4.0 * H * H);
                }
            }

            return hessian.Map(value => double.IsFinite(value) ? value : 0.0);
        }

        private double Shifted(double[] point, double?[] bounds, int index, double shift, int other = 0, double otherShift = 0.0)
        {
            double[] trial = (double[])point.Clone();
            trial[index] += shift;
            trial[other] += otherShift;
            return At(trial, bounds);
        }

        private double[] Values(double[] point, double?[] bounds) =>
            [.. fit._parameters.Select((parameter, i) => bounds[i] ?? parameter.FromFree(point[i]))];
    }
}
