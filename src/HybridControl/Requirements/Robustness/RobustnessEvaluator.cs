namespace HybridControl.Requirements.Robustness;

/// <summary>Computes signals of formulas along a trace, from the atoms up, each only where it is needed.</summary>
/// <remarks>
/// Where windows reach beyond what is known, the result is an interval: <see cref="Value"/> is asked for its lower end, with the worst
/// beyond the trace, and for its upper end, with the best. J. V. Deshmukh et al., Formal Methods Syst. Des. 51 (2017).
/// Not thread-safe.
/// </remarks>
internal sealed class RobustnessEvaluator
{
    private readonly TraceArc _trace;
    private readonly FormulaProgram _program;
    private readonly AtomSignals _atoms;

    public RobustnessEvaluator(TraceArc trace, FormulaProgram program, double tolerance)
    {
        (_trace, _program) = (trace, program);
        _atoms = new AtomSignals(trace, program, tolerance);
    }

    /// <summary>The atoms.</summary>
    public AtomSignals Atoms => _atoms;

    /// <summary>Whether a window has reached beyond what is known, so that both ends differ.</summary>
    public bool ReachedBeyond { get; private set; }

    /// <summary>The robustness of a formula at the first point of the trace.</summary>
    /// <param name="formula">The formula or a part of it.</param>
    /// <param name="upper">Whether the upper or the lower end of what it can be is asked for.</param>
    public Curve Value(Formula formula, bool upper) =>
        SignalOf(formula, _trace.Start, _trace.Start, upper).Stretches[0].Curve;

    /// <summary>The robustness of a formula over the points of the trace in [low, high].</summary>
    public RobustSignal SignalOf(Formula formula, double low, double high, bool upper)
    {
        high = Math.Min(high, _trace.End);
        switch (formula.Kind)
        {
            case FormulaKind.Not:
                return SignalOf(formula.Operands[0], low, high, !upper).Negate();
            case FormulaKind.Implies:
                return Pointwise.Combine(
                    SignalOf(formula.Operands[0], low, high, !upper).Negate(), SignalOf(formula.Operands[1], low, high, upper), larger: true);
            case FormulaKind.And or FormulaKind.Or:
                RobustSignal joined = SignalOf(formula.Operands[0], low, high, upper);
                for (int i = 1; i < formula.Operands.Length; i++)
                {
                    joined = Pointwise.Combine(
                        joined, SignalOf(formula.Operands[i], low, high, upper), formula.Kind == FormulaKind.Or);
                }

                return joined;
            case FormulaKind.Eventually:
                return Eventually(Inside(formula.Operands[0], formula.Interval, low, high, upper), formula.Interval, low, high, upper);
            case FormulaKind.Always:
                return Eventually(
                    Inside(formula.Operands[0], formula.Interval, low, high, upper).Negate(), formula.Interval, low, high, !upper).Negate();
            case FormulaKind.Until:
                return Until(formula, low, high, upper);
            case FormulaKind.AtEnd:
                return AtEnd(formula.Operands[0], low, high, upper);
            default:
                return _atoms.Build(_program.NumberOf(formula), low, high);
        }
    }

    private RobustSignal Inside(Formula operand, TimeInterval interval, double low, double high, bool upper) =>
        SignalOf(operand, low + interval.From, high + interval.To, upper);

    private RobustSignal Eventually(
        RobustSignal signal, TimeInterval interval, double low, double high, bool upper, bool toFirst = false)
    {
        double from = double.PositiveInfinity;
        if (interval.IsBounded || toFirst)
        {
            from = high + interval.To > _trace.End ? _trace.End - interval.To : from;
        }
        else
        {
            from = !_trace.IsComplete ? double.NegativeInfinity
                : high + interval.From > _trace.End ? _trace.End - interval.From : from;
        }

        bool beyond = from < high;
        ReachedBeyond |= beyond;
        Curve? value = beyond && upper ? Curve.Unknown(double.PositiveInfinity, _trace.End) : null;
        return new SlidingMaximum(_trace, signal, interval, toFirst, value, from).Over(low, high);
    }

    // a U[p, q] b = F[p, q] b & G[0, p] (a U b), where G ends at the first point of the instant t + p.
    private RobustSignal Until(Formula formula, double low, double high, bool upper)
    {
        TimeInterval interval = formula.Interval;
        double last = high + interval.To;
        bool beyond = interval.IsBounded ? last > _trace.End : !_trace.IsComplete || high + interval.From > _trace.End;
        ReachedBeyond |= beyond;
        Curve after = Curve.Unknown(beyond && upper ? double.PositiveInfinity : double.NegativeInfinity, _trace.End);
        RobustSignal result = UntilScan.Run(
            SignalOf(formula.Operands[0], low, last, upper), SignalOf(formula.Operands[1], low, last, upper), after);
        if (interval.From > 0.0)
        {
            var wait = new TimeInterval(0.0, interval.From);
            result = Eventually(result.Negate(), wait, low, high, !upper, toFirst: true).Negate();
        }

        if (interval.IsBounded)
        {
            RobustSignal goal = Eventually(Inside(formula.Operands[1], interval, low, high, upper), interval, low, high, upper);
            result = Pointwise.Combine(goal, result, larger: false);
        }

        return result;
    }

    private RobustSignal AtEnd(Formula operand, double low, double high, bool upper)
    {
        Curve last;
        if (_trace.IsComplete)
        {
            last = SignalOf(operand, _trace.End, _trace.End, upper).Stretches[^1].Curve;
        }
        else
        {
            ReachedBeyond = true;
            last = Curve.Unknown(upper ? double.PositiveInfinity : double.NegativeInfinity, _trace.End);
        }

        var result = new RobustSignal();
        for (int piece = _trace.First; piece < _trace.Count; piece++)
        {
            if (_trace.Clip(piece, low, high, out double start, out double end))
            {
                result.AddPoint(start, piece, last);
                if (end > start)
                {
                    result.AddOpen(start, end, piece, last);
                    result.AddPoint(end, piece, last);
                }
            }
        }

        return result;
    }
}
