namespace HybridControl.Requirements.Robustness;

/// <summary>The interval of robustness of a formula at the start of a run that goes on.</summary>
internal abstract class OnlineFormula
{
    private const double Growth = 1.125;

    /// <summary>The least that it can become.</summary>
    public Curve Lower { get; private protected set; } = Curve.Unknown(double.NegativeInfinity, 0.0);

    /// <summary>The most that it can become.</summary>
    public Curve Upper { get; private protected set; } = Curve.Unknown(double.PositiveInfinity, 0.0);

    /// <summary>Whether both are the same for good.</summary>
    public bool IsFinal { get; private protected set; }

    /// <summary>The formula as nodes that keep as little as they can.</summary>
    public static OnlineFormula Of(Formula formula, FormulaProgram program) => formula.Kind switch
    {
        FormulaKind.Not or FormulaKind.And or FormulaKind.Or or FormulaKind.Implies =>
            new Joined(formula.Kind, [.. formula.Operands.Select(operand => Of(operand, program))]),
        FormulaKind.Always or FormulaKind.Eventually when double.IsFinite(formula.Operands[0].Horizon) => new Windowed(formula, program),
        _ => new Whole(formula, program),
    };

    /// <summary>Looks at a run that has gone on.</summary>
    public void Update(TraceArc trace)
    {
        if (!IsFinal)
        {
            Look(trace);
        }
    }

    private protected abstract void Look(TraceArc trace);

    /// <summary>Formulas joined without regard to time.</summary>
    private sealed class Joined(FormulaKind kind, OnlineFormula[] parts) : OnlineFormula
    {
        private protected override void Look(TraceArc trace)
        {
            foreach (OnlineFormula part in parts)
            {
                part.Update(trace);
            }

            IsFinal = Array.TrueForAll(parts, part => part.IsFinal);
            bool flips = kind is FormulaKind.Not or FormulaKind.Implies;
            (Lower, Upper) = flips ? (-parts[0].Upper, -parts[0].Lower) : (parts[0].Lower, parts[0].Upper);
            for (int i = 1; i < parts.Length; i++)
            {
                Lower = Pointwise.Choose(Lower, parts[i].Lower, larger: kind != FormulaKind.And);
                Upper = Pointwise.Choose(Upper, parts[i].Upper, larger: kind != FormulaKind.And);
            }
        }
    }

    /// <summary>A formula that is judged as a whole: until its horizon is reached, or now and then.</summary>
    private sealed class Whole(Formula formula, FormulaProgram program) : OnlineFormula
    {
        private int _next;

        private protected override void Look(TraceArc trace)
        {
            int size = trace.Record.StepTimes.Length + trace.Count;
            if (double.IsInfinity(formula.Horizon) && size < _next)
            {
                return;
            }

            _next = (int)(size * Growth) + 1;
            var evaluator = new RobustnessEvaluator(trace, program, TrajectoryRequirements.DefaultTolerance);
            Lower = Upper = evaluator.Value(formula, upper: false);
            IsFinal = !evaluator.ReachedBeyond;
            if (!IsFinal)
            {
                Upper = evaluator.Value(formula, upper: true);
            }
        }
    }

    /// <summary>The extremum of a formula of bounded horizon: what is decided is folded into one value.</summary>
    private sealed class Windowed(Formula formula, FormulaProgram program) : OnlineFormula
    {
        private readonly Formula _operand = formula.Operands[0];
        private readonly double _horizon = formula.Operands[0].Horizon;
        private readonly bool _larger = formula.Kind == FormulaKind.Eventually;
        private Curve _folded = Curve.Unknown(formula.Kind == FormulaKind.Eventually ? double.NegativeInfinity : double.PositiveInfinity, 0.0);
        private double _foldedTo = double.NaN;
        private int _first;

        private protected override void Look(TraceArc trace)
        {
            _foldedTo = double.IsNaN(_foldedTo) ? trace.Start + formula.Interval.From : _foldedTo;
            double end = trace.Start + formula.Interval.To;
            if (_foldedTo > trace.End)
            {
                return;
            }

            while (_first + 1 < trace.Count && trace[_first].End < _foldedTo)
            {
                _first++;
            }

            var rest = new TraceArc(trace.Compiled, trace.Record, trace.Count - 1, trace.End, trace.EndStates, isComplete: false) { First = _first };
            var evaluator = new RobustnessEvaluator(rest, program, TrajectoryRequirements.DefaultTolerance);
            double from = _foldedTo;
            RobustSignal lower = evaluator.SignalOf(_operand, from, end, upper: false);
            RobustSignal upper = evaluator.ReachedBeyond ? evaluator.SignalOf(_operand, from, end, upper: true) : lower;
            bool covered = trace.End >= end;
            IsFinal = covered && !evaluator.ReachedBeyond;
            Fold(lower, trace.End - _horizon);
            Lower = covered || _larger ? Extremum(lower) : Curve.Unknown(double.NegativeInfinity, trace.End);
            Upper = covered || !_larger ? Extremum(upper) : Curve.Unknown(double.PositiveInfinity, trace.End);
        }

        private Curve Extremum(RobustSignal signal)
        {
            Curve best = _folded;
            foreach (Stretch stretch in signal.Stretches)
            {
                best = Better(best, stretch);
            }

            return best;
        }

        private void Fold(RobustSignal signal, double decided)
        {
            foreach (Stretch stretch in signal.Stretches)
            {
                if (stretch.End > decided)
                {
                    return;
                }

                _folded = Better(_folded, stretch);
                _foldedTo = stretch.End;
            }
        }

        private Curve Better(in Curve best, in Stretch stretch) => Pointwise.Choose(
            Pointwise.Choose(best, stretch.Curve.RestAt(stretch.Start), _larger), stretch.Curve.RestAt(stretch.End), _larger);
    }
}
