using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <content>Modes of several regions: put together from the active locations when they are first visited.</content>
internal sealed partial class ModeCompiler
{
    /// <summary>Gives every choice and comparison its data slot, where modes are rewritten when runs have begun.</summary>
    public void Reserve()
    {
        var used = new SortedSet<int>();
        void Guard(Condition condition)
        {
            ReserveAtoms(condition);
            _branches.FreezeGuard(condition, used);
        }

        foreach (Mode mode in _owner.Model.Modes)
        {
            foreach (Assignment derivative in ((ExprFlow)mode.Flow).Derivatives)
            {
                _branches.Freeze(derivative.Value, kinks: true, used);
            }

            foreach (AlgebraicEquation equation in mode.Equations)
            {
                _branches.Freeze(equation.Residual, kinks: true, used);
            }
        }

        foreach (Transition transition in _owner.Model.Transitions)
        {
            Guard(transition.Guard);
        }

        foreach (Invariant invariant in _owner.Model.Modes.SelectMany(mode => mode.Invariants))
        {
            Guard(invariant.Condition);
        }

        foreach ((_, Condition condition) in _monitors)
        {
            ReserveAtoms(condition);
        }
    }

    // What several locations are together: each writes the flow of its own states.
    private Mode Compose(int number, int[] locations)
    {
        if (locations.Length == 1)
        {
            return _owner.Model.Modes[locations[0]];
        }

        Mode[] parts = [.. locations.Select(location => _owner.Model.Modes[location])];
        return new Mode(
            _owner.Modes.NameOf(number),
            new ExprFlow([.. parts.SelectMany(part => ((ExprFlow)part.Flow).Derivatives)]),
            [.. parts.SelectMany(part => part.Invariants)])
        {
            Diffusion = [.. parts.SelectMany(part => part.Diffusion)],
            Equations = [.. parts.SelectMany(part => part.Equations)],
            Mass = [.. parts.SelectMany(part => part.Mass)],
        };
    }

    // Where several locations are active, their invariants are numbered through, so that each is known in every mode.
    private int FirstInvariantOf(int location) => _owner.Modes.RegionCount == 1
        ? 0
        : _owner.Model.Modes.Take(location).Sum(mode => mode.Invariants.Length);

    private void ReserveAtoms(Condition condition)
    {
        if (condition.Kind == ConditionKind.Comparison)
        {
            AtomOf(condition);
        }
        else if (condition.Kind is ConditionKind.And or ConditionKind.Or or ConditionKind.Not)
        {
            ReserveAtoms(condition.First!);
            if (condition.Second is not null)
            {
                ReserveAtoms(condition.Second);
            }
        }
    }
}
