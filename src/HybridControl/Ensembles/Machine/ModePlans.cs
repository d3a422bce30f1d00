using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Symbolics;

namespace HybridControl.Ensembles.Machine;

/// <summary>Prepares the modes of a model for the lowering.</summary>
internal static class ModePlans
{
    /// <summary>One mode.</summary>
    /// <param name="model">The model.</param>
    /// <param name="number">Its number.</param>
    /// <param name="forced">For each transition whether leaving the invariant fires it.</param>
    public static ModePlan Of(MachineModel model, int number, bool[] forced)
    {
        ModeSource source = model.Compiled.Source(number);
        HybridAutomaton automaton = model.Automaton;
        Expr[] derivatives = [.. source.Derivatives!.Select(model.Expand)];
        var rates = new Dictionary<string, Expr>();
        var flow = new Dictionary<string, Expr>();
        for (int i = 0; i < derivatives.Length; i++)
        {
            string name = automaton.States[i].Name;
            flow[name] = derivatives[i];
            if (!(derivatives[i].IsConstant && derivatives[i].Value == 0.0))
            {
                rates[name] = MachineScope.RateOf(name);
            }
        }

        var bound = new RoundingBound();
        var watches = new List<Watch>();
        var resting = new List<Watch>();
        var exits = new List<Watch>();
        Watch New(WatchKind kind, int owner, string name, Expr value)
        {
            Expr rate = Moves(value) ? Differentiator.AlongFlow(value, rates) : Expr.Zero;
            return new(kind, owner, name, value, rate, bound.Of(value), bound.Of(rate), MayFail(value), Bends(rate, flow));
        }

        void Add(WatchKind kind, int owner, string name, Expr value) =>
            (Moves(value) ? watches : resting).Add(New(kind, owner, name, value));
        foreach (WatchSource watch in source.Watches)
        {
            if (watch.Role == GuardRole.Transition && forced[watch.Owner])
            {
                exits.Add(New(WatchKind.Transition, watch.Owner, watch.Name, model.Expand(watch.Function)));
            }

            if (KindOf(model, watch) is { } kind)
            {
                Add(kind, watch.Owner, watch.Name, model.Expand(watch.Function));
            }
        }

        ImmutableArray<RecordedExpression> extrema = MachineExtrema.Of(model.Plan);
        for (int i = 0; i < extrema.Length; i++)
        {
            RecordedExpression extremum = extrema[i];
            Expr slope = Differentiator.AlongFlow(model.Expand(extremum.Value), flow);
            if (Moves(slope))
            {
                Add(WatchKind.Extremum, i, extremum.Name, slope);
            }
        }

        return new(
            number,
            derivatives,
            [.. watches],
            [.. resting],
            [.. source.Atoms.Select(atom => model.Compiled.Atoms[atom])],
            [.. source.Branches.Select(branch => model.Compiled.Branches[branch])],
            [.. exits]);
    }

    private static WatchKind? KindOf(MachineModel model, WatchSource watch)
    {
        switch (watch.Role)
        {
            case GuardRole.Invariant:
                return WatchKind.Invariant;
            case GuardRole.Branch:
                return WatchKind.Branch;
            case GuardRole.Monitor:
                return model.Conditions[watch.Owner].Kind;
            default:
                Transition transition = model.Automaton.Transitions[watch.Owner];
                bool silent = transition.Rule is CommandRule or SampledRule or PermissiveRule || (transition.Rule is AfterRule && transition.Guard.Equals(Condition.True));
                return silent ? null : WatchKind.Transition;
        }
    }

    // Time in a condition only chooses between sides, as in the smaller of a height and t - 1: that is no bend.
    private static bool Bends(Expr rate, Dictionary<string, Expr> flow) =>
        ModePlan.ReadsTime(rate) ||
        flow.Any(entry => ModePlan.ReadsTime(entry.Value) && ModePlan.Any(rate, e => e.Equals(MachineScope.RateOf(entry.Key))));

    private static bool Moves(Expr value) => ModePlan.Any(value, ModePlan.DependsOnFlow);

    // Sums, products and choices of finite numbers are finite, near enough.
    private static bool MayFail(Expr value) => ModePlan.Any(value, e => e.Operation switch
    {
        Operation.Constant or Operation.Variable or Operation.Negate or Operation.Add or Operation.Subtract or Operation.Multiply or
            Operation.Min or Operation.Max or Operation.Abs or Operation.Select or Operation.Sin or Operation.Cos or Operation.Atan or
            Operation.Tanh or Operation.LinearForm or Operation.Lookup or Operation.LookupSlope or Operation.Surface or Operation.Alias => false,
        Operation.Power => !(e.Operands[1].IsConstant && e.Operands[1].Value is 1.0 or 2.0 or 3.0 or 4.0),
        _ => true,
    });
}
