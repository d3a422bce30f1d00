using HybridControl.Requirements;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Requirements;

/// <summary>Robustness by its definition: every point of a grid over hybrid time, every window gone through anew.</summary>
/// <remarks>
/// Exact where signals are constant between grid points that hold every breakpoint and every end of an interval, midpoints included;
/// elsewhere off by what a signal can change between two grid points.
/// </remarks>
internal sealed class NaiveRobustness
{
    private const double Same = 1e-9;

    private readonly List<Point> _points = [];
    private readonly Dictionary<string, int> _columns;
    private readonly double _end;

    public NaiveRobustness(Trajectory run, double spacing)
    {
        string[] names = [.. run.Names];
        _columns = names.Select((name, i) => (name, i)).ToDictionary(entry => entry.name, entry => entry.i);
        int jumps = 0;
        for (int piece = 0; piece < run.PieceCount; piece++)
        {
            (double start, double end, int jumpIndex, string mode) = run.PieceOf(piece);
            string fired = jumpIndex > jumps ? run.Jumps[jumpIndex - 1].Transition : "";
            jumps = jumpIndex;
            int count = (int)Math.Round((end - start) / spacing);
            for (int k = 0; k <= count; k++)
            {
                double time = k == count ? end : start + (k * spacing);
                double[] values = new double[names.Length];
                run.ReadIn(piece, time, names, values);
                _points.Add(new(time, piece, values, mode, k == 0 ? fired : ""));
            }
        }

        _end = run.EndTime;
    }

    /// <summary>The robustness at the first point.</summary>
    public double Of(Formula formula, bool upper) => Signal(formula, upper)[0];

    /// <summary>The largest change of an atom between neighbouring points of one piece.</summary>
    public double Roughness(Formula formula)
    {
        double largest = 0.0;
        if (formula.Kind == FormulaKind.Condition)
        {
            double[] signal = Signal(formula, upper: false);
            for (int p = 1; p < signal.Length; p++)
            {
                largest = _points[p].Piece == _points[p - 1].Piece ? Math.Max(largest, Math.Abs(signal[p] - signal[p - 1])) : largest;
            }
        }

        return formula.Operands.Select(Roughness).Append(largest).Max();
    }

    private double[] Signal(Formula formula, bool upper)
    {
        int n = _points.Count;
        double[] result = new double[n];
        switch (formula.Kind)
        {
            case FormulaKind.Condition:
                return [.. _points.Select(point => Guard(formula.Condition!, point))];
            case FormulaKind.Mode:
                return [.. _points.Select(point => Truth(point.Mode == formula.Name))];
            case FormulaKind.Fires:
                return [.. _points.Select(point => Truth(point.Fired == formula.Name))];
            case FormulaKind.Not:
                return [.. Signal(formula.Operands[0], !upper).Select(value => -value)];
            case FormulaKind.And or FormulaKind.Or:
                double[][] all = [.. formula.Operands.Select(operand => Signal(operand, upper))];
                return [.. Enumerable.Range(0, n).Select(p => formula.Kind == FormulaKind.And ? all.Min(s => s[p]) : all.Max(s => s[p]))];
            case FormulaKind.Implies:
                double[] premise = Signal(formula.Operands[0], !upper);
                double[] conclusion = Signal(formula.Operands[1], upper);
                return [.. Enumerable.Range(0, n).Select(p => Math.Max(-premise[p], conclusion[p]))];
            case FormulaKind.AtEnd:
                Array.Fill(result, Signal(formula.Operands[0], upper)[^1]);
                return result;
            case FormulaKind.Always:
                double[] negative = [.. Signal(formula.Operands[0], upper).Select(value => -value)];
                return [.. Enumerable.Range(0, n).Select(p => -Eventually(negative, p, formula.Interval, !upper))];
            case FormulaKind.Eventually:
                double[] inner = Signal(formula.Operands[0], upper);
                return [.. Enumerable.Range(0, n).Select(p => Eventually(inner, p, formula.Interval, upper))];
            default:
                double[] first = Signal(formula.Operands[0], upper);
                double[] second = Signal(formula.Operands[1], upper);
                return [.. Enumerable.Range(0, n).Select(p => Until(first, second, p, formula.Interval, upper))];
        }
    }

    private double Eventually(double[] signal, int from, TimeInterval interval, bool upper)
    {
        double now = _points[from].Time;
        if (upper && ReachesBeyond(now, interval))
        {
            return double.PositiveInfinity;
        }

        double best = double.NegativeInfinity;
        for (int q = from; q < signal.Length && _points[q].Time - now <= interval.To + Same; q++)
        {
            best = _points[q].Time - now >= interval.From - Same ? Math.Max(best, signal[q]) : best;
        }

        return best;
    }

    private double Until(double[] first, double[] second, int from, TimeInterval interval, bool upper)
    {
        double now = _points[from].Time;
        double best = double.NegativeInfinity;
        double least = double.PositiveInfinity;
        for (int q = from; q < first.Length; q++)
        {
            double wait = _points[q].Time - now;
            least = Math.Min(least, first[q]);
            best = wait >= interval.From - Same && wait <= interval.To + Same ? Math.Max(best, Math.Min(second[q], least)) : best;
        }

        return upper && ReachesBeyond(now, interval) ? Math.Max(best, least) : best;
    }

    private bool ReachesBeyond(double now, TimeInterval interval) =>
        now + (interval.IsBounded ? interval.To : interval.From) > _end + Same;

    private double Guard(Condition condition, Point point)
    {
        double left = Number(condition.Left!, point);
        double right = Number(condition.Right!, point);
        return condition.Relation is Relation.Less or Relation.LessOrEqual ? right - left : left - right;
    }

    private double Number(Expr expression, Point point) => expression.Operation switch
    {
        Operation.Constant => expression.Value,
        Operation.Variable => expression.Kind == VariableKind.Time ? point.Time : point.Values[_columns[expression.Name!]],
        Operation.Add => Number(expression.Operands[0], point) + Number(expression.Operands[1], point),
        Operation.Subtract => Number(expression.Operands[0], point) - Number(expression.Operands[1], point),
        Operation.Multiply => Number(expression.Operands[0], point) * Number(expression.Operands[1], point),
        Operation.Sin => Math.Sin(Number(expression.Operands[0], point)),
        Operation.Abs => Math.Abs(Number(expression.Operands[0], point)),
        _ => throw new NotSupportedException(expression.ToString()),
    };

    private static double Truth(bool holds) => holds ? double.PositiveInfinity : double.NegativeInfinity;

    private sealed record Point(double Time, int Piece, double[] Values, string Mode, string Fired);
}
