using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Ensembles.Machine;

/// <summary>One step of a method, written out over the flow of a mode.</summary>
/// <param name="States">States at the end.</param>
/// <param name="Slopes">Slopes at the end.</param>
/// <param name="SquaredError">Mean square of the error estimate over its tolerance; null for a method without one.</param>
/// <param name="Dense">Coefficients of theta to theta^4 of the dense output, for each state; null where it rests.</param>
internal sealed record TrialStep(Expr[] States, Expr[] Slopes, Expr? SquaredError, Expr[]?[] Dense)
{
    private const double LargestBend = 0.05;
    private const double Unbounded = 1e300;

    /// <summary>Writes a step out.</summary>
    /// <param name="tableau">The method.</param>
    /// <param name="settings">Its tolerances.</param>
    /// <param name="mode">The mode.</param>
    /// <param name="scope">Values of the variables.</param>
    /// <param name="x">States at the start.</param>
    /// <param name="slopes">Slopes at the start.</param>
    /// <param name="time">Time at the start.</param>
    /// <param name="size">Size of the step.</param>
    /// <param name="end">Time at the end.</param>
    public static TrialStep Of(
        ButcherTableau tableau,
        StepSettings settings,
        ModePlan mode,
        MachineScope scope,
        Expr[] x,
        Expr[] slopes,
        Expr time,
        Expr size,
        Expr end)
    {
        bool isFixed = tableau.E.IsEmpty;
        int n = x.Length;
        Expr[][] k = new Expr[tableau.Stages][];
        k[0] = slopes;
        Expr[] stage = x;
        Watch[] bent = tableau.E.IsEmpty ? [] : [.. mode.Watches.Where(watch => watch.BendsWithTime)];
        Expr[][] rates = new Expr[tableau.Stages][];
        Substitution start = scope.At(x, time, slopes);
        rates[0] = [.. bent.Select(watch => start.Of(watch.Rate))];
        for (int s = 1; s < tableau.Stages; s++)
        {
            IReadOnlyList<double> row = tableau.A[s - 1];
            stage = [.. Enumerable.Range(0, n).Select(i => mode.Moves(i) ? x[i] + Weighted(row, k, i, size, isFixed) : x[i])];
            Expr at = s == tableau.Stages - 1 ? end : tableau.C[s] == 1.0 ? time + size : time + (tableau.C[s] * size);
            Substitution values = scope.At(stage, at);
            k[s] = [.. mode.Derivatives.Select(values.Of)];
            Substitution moving = scope.At(stage, at, k[s]);
            rates[s] = [.. bent.Select(watch => moving.Of(watch.Rate))];
        }

        Expr? error = null;
        if (!tableau.E.IsEmpty)
        {
            Substitution last = scope.At(stage, end);
            Expr[] bends =
            [
                .. bent.Select((watch, i) => Bend(
                    start.Of(watch.Value), size * rates[0][i], last.Of(watch.Value), size * rates[^1][i], settings.Absolute)),
            ];
            error = SquaredErrorOf(
                tableau.E,
                settings,
                bends,
                [.. x.Where((_, i) => mode.Moves(i)), .. bent.Select(watch => start.Of(watch.Value))],
                [.. stage.Where((_, i) => mode.Moves(i)), .. bent.Select(watch => last.Of(watch.Value))],
                [.. k.Select((row, s) => (Expr[])[.. row.Where((_, i) => mode.Moves(i)), .. rates[s]])],
                size);
        }

        Expr[]?[] dense = [.. Enumerable.Range(0, n).Select(i => mode.Moves(i) ? DenseOf(tableau, x, stage, k, size, i) : null)];
        return new(stage, k[^1], error, dense);
    }

    /// <summary>Writes a step of a Rosenbrock method out, its factorisation included; a pivot that is too small counts as an error without bounds.</summary>
    /// <param name="tableau">The method.</param>
    /// <param name="settings">Its tolerances.</param>
    /// <param name="mode">The mode.</param>
    /// <param name="linear">Derivatives of its flow, over the variables of the model.</param>
    /// <param name="scope">Values of the variables.</param>
    /// <param name="x">States at the start.</param>
    /// <param name="slopes">Slopes at the start.</param>
    /// <param name="time">Time at the start.</param>
    /// <param name="size">Size of the step.</param>
    /// <param name="end">Time at the end.</param>
    public static TrialStep Of(
        RosenbrockTableau tableau,
        StepSettings settings,
        ModePlan mode,
        FlowDerivatives linear,
        MachineScope scope,
        Expr[] x,
        Expr[] slopes,
        Expr time,
        Expr size,
        Expr end)
    {
        Substitution start = scope.At(x, time, slopes);
        Expr[] Flow(Expr[] states, Expr at)
        {
            Substitution values = scope.At(states, at);
            return [.. mode.Derivatives.Select(values.Of)];
        }

        RosenbrockFormulas step = RosenbrockFormulas.Of(tableau, Flow, linear.With(start.Of), x, slopes, time, size, end);
        Expr error = Expr.Max(
            step.SquaredError(x, settings.Relative, settings.Absolute),
            step.SquaredDefect(tableau, x.Length, Flow, x, time, size, settings.Relative, settings.Absolute).Stiff);
        Substitution last = scope.At(step.States, end, step.Slopes);
        foreach (Watch watch in mode.Watches.Where(watch => watch.BendsWithTime))
        {
            Expr bend = Bend(
                start.Of(watch.Value), size * start.Of(watch.Rate), last.Of(watch.Value), size * last.Of(watch.Rate), settings.Absolute);
            error = Expr.Max(error, bend * bend);
        }

        if (!step.Pivots.IsConstant)
        {
            error = Flag.Choose(Flag.Of(step.Pivots >= 0.0), error, Unbounded);
        }

        return new(step.States, step.Slopes, error, [.. x.Select((_, i) => step.Dense(tableau, x, i))]);
    }

    // How far a guard is from a parabola over the step, against its size there: a polynomial of time has no error, so that
    // nothing else would keep three of its zeros from falling into one step.
    private static Expr Bend(Expr start, Expr startSlope, Expr end, Expr endSlope, double absolute)
    {
        Expr defect = end - start - (0.5 * (startSlope + endSlope));
        return defect / (absolute + (LargestBend * Expr.Max(Expr.Abs(start), Expr.Abs(end))));
    }

    private static Expr SquaredErrorOf(
        IReadOnlyList<double> weights, StepSettings settings, Expr[] bends, Expr[] x, Expr[] end, Expr[][] k, Expr size)
    {
        Expr? sum = null;
        for (int i = 0; i < x.Length; i++)
        {
            Expr scale = settings.Absolute + (settings.Relative * Expr.Max(Expr.Abs(x[i]), Expr.Abs(end[i])));
            Expr ratio = Weighted(weights, k, i, size, isFixed: false) / scale;
            sum = sum is null ? ratio * ratio : (ratio * ratio) + sum;
        }

        Expr mean = sum is null ? Expr.Zero : x.Length == 1 ? sum : sum * (1.0 / x.Length);
        foreach (Expr bend in bends)
        {
            mean = Expr.Max(mean, bend * bend);
        }

        return mean;
    }

    private static Expr[] DenseOf(ButcherTableau tableau, Expr[] x, Expr[] end, Expr[][] k, Expr size, int i)
    {
        Expr first = size * k[0][i];
        Expr last = size * k[^1][i];
        Expr change = end[i] - x[i];
        if (tableau.D.IsEmpty)
        {
            return [first, (3.0 * change) - (2.0 * first) - last, first + last - (2.0 * change), Expr.Zero];
        }

        Expr quartic = Weighted(tableau.D[0], k, i, size, isFixed: false);
        return
        [
            first,
            (3.0 * change) - (2.0 * first) - last + quartic,
            first + last - (2.0 * change) - (2.0 * quartic),
            quartic,
        ];
    }

    // The first weight is taken out of the sum and multiplied by the size, once for all states: one operation less for each.
    // A size that is fixed is a constant there; a cut step rounds in the same way, so that it is the same step if it is
    // not cut after all.
    private static Expr Weighted(IReadOnlyList<double> weights, Expr[][] k, int i, Expr size, bool isFixed)
    {
        Expr? sum = null;
        double lead = 0.0;
        for (int j = 0; j < weights.Count; j++)
        {
            if (weights[j] != 0.0)
            {
                lead = sum is null ? weights[j] : lead;
                Expr term = weights[j] == lead ? k[j][i] : weights[j] / lead * k[j][i];
                sum = sum is null ? term : term + sum;
            }
        }

        Expr scale = isFixed && size.IsConstant ? size.Value * lead : lead * size;
        return sum is null ? Expr.Zero : scale * sum;
    }
}
