using System.Collections.Immutable;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Requirements.Robustness;

/// <summary>From the ends of a robustness to a verdict with its witness.</summary>
internal sealed class VerdictRule(TraceArc trace, FormulaProgram program, AtomSignals atoms)
{
    private const double Epsilon = 2.220446049250313e-16;
    private const double Slack = 8.0;
    private const double Nearby = 1e-3;
    private const int MostNames = 4;

    /// <summary>The verdict on a requirement.</summary>
    public RequirementResult Judge(Requirement requirement, in Curve lower, in Curve upper)
    {
        if (atoms.NotFinite is { } place)
        {
            return new(requirement, Verdict.Undecided, double.NegativeInfinity, double.PositiveInfinity, null,
                FormattableString.Invariant($"{program[place.Atom].Atom} is not finite at t = {place.Time:G9} s"));
        }

        if (Holds(lower))
        {
            return new(requirement, Verdict.Satisfied, lower.C0, upper.C0, WitnessOf(lower));
        }

        if (!Holds(upper))
        {
            return new(requirement, Verdict.Violated, lower.C0, upper.C0, WitnessOf(upper));
        }

        return new(requirement, Verdict.Undecided, lower.C0, upper.C0, null, FormattableString.Invariant(
            $"the run ends at t = {trace.End:G9} s, before an interval of the formula does; robustness so far [{lower.C0:G6}, {upper.C0:G6}]"));
    }

    private bool Holds(in Curve curve)
    {
        if (curve.Atom == Curve.Nothing || double.IsInfinity(curve.C0) || Math.Abs(curve.C0) > BandAt(curve))
        {
            return curve.C0 > 0.0;
        }

        return program[curve.Atom].HoldsOnSurface != curve.Negated;
    }

    // What location (|dg/dt| tau) and rounding leave behind, as for events.
    private double BandAt(in Curve curve)
    {
        AtomProgram atom = program[curve.Atom];
        TrajectoryRecorder.Piece piece = trace[curve.Piece];
        double length = piece.End - piece.Start;
        double value = atoms.ValueAt(atom, curve.Piece, curve.Place);
        double rounding = 64.0 * Epsilon * Math.Abs(value);
        if (!(length > 0.0) || atom.Rests)
        {
            return rounding;
        }

        double reach = Nearby * length;
        double other = curve.Place - reach > piece.Start ? curve.Place - reach : Math.Min(curve.Place + reach, piece.End);
        double rate = Math.Abs(atoms.ValueAt(atom, curve.Piece, other) - value) / Math.Abs(other - curve.Place);
        return rounding + (Slack * rate * 100.0 * Epsilon * (Math.Abs(curve.Place) + length));
    }

    private RequirementWitness? WitnessOf(in Curve curve)
    {
        if (curve.Atom == Curve.Nothing)
        {
            return null;
        }

        TrajectoryRecorder.Piece piece = trace[curve.Piece];
        bool starts = curve.Piece > 0 && curve.Place == piece.Start;
        bool ends = curve.Piece < trace.Count - 1 && curve.Place == piece.End;
        Side? side = starts == ends ? null : starts ? Side.Right : Side.Left;
        AtomProgram atom = program[curve.Atom];
        double[] states = new double[trace.Record.StateCount];
        trace.StatesAt(curve.Piece, curve.Place, states);
        var reader = VariableReader.For(trace.Compiled);
        double time = curve.Place;
        int number = curve.Piece;
        ImmutableArray<(string, double, string)> values =
        [
            .. NamesIn(atom.Atom.Condition).Take(MostNames).Select(
                name => (name, reader.Read(name, piece.Mode, time, states, trace.Record.DataOf(number)), reader.UnitOf(name))),
        ];
        return new(
            atom.Atom, curve.Negated ? -curve.C0 : curve.C0, curve.Place, piece.JumpIndex, side,
            trace.Compiled.Modes.NameOf(piece.Mode), values);
    }

    // States, discrete variables, inputs and outputs of a comparison, in the order of the text.
    private static List<string> NamesIn(Condition? condition)
    {
        var names = new List<string>();
        var pending = new Stack<Expr>();
        if (condition is { Kind: ConditionKind.Comparison })
        {
            pending.Push(condition.Right!);
            pending.Push(condition.Left!);
        }

        while (pending.TryPop(out Expr? expression) && names.Count < MostNames)
        {
            bool named = expression.Operation == Operation.Alias ||
                (expression.Operation == Operation.Variable && expression.Kind is VariableKind.State or VariableKind.Discrete or VariableKind.Input);
            if (named && !names.Contains(expression.Name!))
            {
                names.Add(expression.Name!);
            }
            else if (!named)
            {
                for (int i = expression.Operands.Length - 1; i >= 0; i--)
                {
                    pending.Push(expression.Operands[i]);
                }
            }
        }

        return names;
    }
}
