using System.Collections.Immutable;
using HybridControl.Symbolics;

namespace HybridControl.Automata.Sensitivities;

/// <summary>The derivatives of a model with respect to P of its numbers, as hidden states, data and programs.</summary>
/// <remarks>
/// <para>
/// Each of the n states x has a hidden state S = dx/dp for each number p, with the rate f_x S + f_d D + f_p: exact, from the
/// expressions of the flow whose choices are frozen, so that no choice is added. Each real discrete variable d has a hidden
/// entry D = dd/dp of the data block. A slot of p's own, its seed, is the rate at which p itself moves.
/// </para>
/// <para>
/// Everything is scaled: p moves by a power of two next to its size, so that S has the size and the unit of x, the
/// tolerances of the solver mean the same for both, and the scale costs no rounding.
/// </para>
/// <para>
/// At an instant that moves with p at the rate tau, X = S + f tau is the total derivative of a value there; a program of
/// total derivatives reads X in place of S, and tau from data slots.
/// </para>
/// </remarks>
internal sealed class SensitivityModel
{
    private readonly CompiledAutomaton _owner;
    private readonly Replacement _inputs;
    private readonly int[] _carriers;
    private readonly int[] _places;

    /// <summary>Adds the hidden states of an automaton whose other states have their numbers.</summary>
    public SensitivityModel(CompiledAutomaton owner, ImmutableArray<string> names)
    {
        _owner = owner;
        _inputs = new Replacement(e => e.Kind == VariableKind.Input && e.Operation == Operation.Variable &&
            owner.Slots.TryGetDefinition(e.Kind, e.Name!, out Expr definition) ? definition : null);
        Names = names;
        Targets = [.. names.Select(TargetOf)];
        HybridAutomaton model = owner.Model;
        _carriers = [.. Enumerable.Range(0, model.Discretes.Length).Where(i => Carries(model.Discretes[i]))];
        _places = [.. Enumerable.Range(0, model.Discretes.Length).Select(i => Array.IndexOf(_carriers, i))];
        for (int k = 0; k < Targets.Length; k++)
        {
            foreach (StateVariable state in model.States)
            {
                owner.Slots.Add(VariableKind.State, NameOf(state.Name, k));
            }
        }
    }

    /// <summary>The P names, in the order asked for.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>What they are.</summary>
    public ImmutableArray<SensitivityTarget> Targets { get; }

    /// <summary>P.</summary>
    public int Count => Targets.Length;

    /// <summary>n, the number of states that have derivatives.</summary>
    public int States => _owner.MovingStates;

    /// <summary>The first entry of the data block that belongs to sensitivities.</summary>
    public int FirstSlot { get; private set; }

    /// <summary>Data slot of the rate at which a number moves: its scale, or zero once it was replaced.</summary>
    public int SeedSlot(int k) => FirstSlot + k;

    /// <summary>Data slot of the scale of a number; NaN once its derivatives are lost.</summary>
    public int ScaleSlot(int k) => FirstSlot + Count + k;

    /// <summary>Data slot of the rate of the present instant.</summary>
    public int TauSlot(int k) => FirstSlot + (2 * Count) + k;

    /// <summary>Whether the rates of states are no expressions, but follow from equations or a mass matrix: then they are data.</summary>
    public bool HasRates => _owner.Model.IsImplicit;

    /// <summary>Data slot of the rate of a state, hidden or not, where rates are data.</summary>
    public int RateSlot(int state) => FirstSlot + (3 * Count) + state;

    /// <summary>The first data slot of the derivatives of discrete variables; they come last.</summary>
    public int DerivativesFrom => RateSlot(HasRates ? _owner.StateCount : 0);

    /// <summary>Adds the data slots, after all others.</summary>
    public void Reserve()
    {
        FirstSlot = _owner.Slots.DataCount;
        foreach (string what in new[] { "seed", "scale", "tau" })
        {
            for (int k = 0; k < Count; k++)
            {
                _owner.Slots.Add(VariableKind.Parameter, Slot(what, k));
            }
        }

        for (int i = 0; HasRates && i < _owner.StateCount; i++)
        {
            _owner.Slots.Add(VariableKind.Parameter, Slot("rate", i));
        }

        for (int k = 0; k < Count; k++)
        {
            foreach (int carrier in _carriers)
            {
                _owner.Slots.Add(VariableKind.Discrete, NameOf(_owner.Model.Discretes[carrier].Name, k));
            }
        }
    }

    /// <summary>Data slot of the derivative of the discrete variable in a data slot; -1 if it has none.</summary>
    public int DerivativeSlot(int slot, int k)
    {
        int number = slot - _owner.FirstDiscrete;
        int place = (uint)number < (uint)_places.Length ? _places[number] : -1;
        return place < 0 ? -1 : DerivativesFrom + (k * _carriers.Length) + place;
    }

    /// <summary>The number of the state of the model that a state, hidden or not, belongs to.</summary>
    public int BaseOf(int state) => state % States;

    /// <summary>The rates of the hidden states, [k][state].</summary>
    /// <param name="derivatives">The rates of the states, choices frozen.</param>
    public Expr[] FlowOf(Expr[] derivatives)
    {
        Expr[,] found = Derivatives(derivatives, AtRest);
        var flow = new Expr[Count * derivatives.Length];
        for (int k = 0; k < Count; k++)
        {
            for (int i = 0; i < derivatives.Length; i++)
            {
                flow[(k * derivatives.Length) + i] = found[i, k];
            }
        }

        return flow;
    }

    /// <summary>What an entry of the mass matrix puts into the row of a hidden state: M s' + (dM/dp) x' = f_x s + f_p.</summary>
    public IEnumerable<(int Column, Expr Value)> MassOf(MassEntry entry, int k)
    {
        yield return (_owner.Slots[VariableKind.State, NameOf(entry.Column, k)], entry.Value);
        Expr moving = Derivatives([entry.Value], AtRest)[0, k];
        if (!(moving.IsConstant && moving.Value == 0.0))
        {
            yield return (_owner.Slots[VariableKind.State, entry.Column], moving);
        }
    }

    /// <summary>The derivative of an expression at a fixed time with respect to one number.</summary>
    public Expr DerivativeOf(Expr expression, int k) =>
        Derivatives([expression], AtRest)[0, k] / Expr.Variable(VariableKind.Parameter, Slot("scale", k));

    /// <summary>The derivatives of initial values with respect to the numbers that occur in them, [k][value].</summary>
    public ExprProgram Initial => Program("initial", () => Compile(
        [.. _owner.Model.States.Select(state => state.Initial), .. _owner.Model.Discretes.Select(discrete => discrete.Initial)], Seeds));

    /// <summary>The total derivatives of what a transition writes, [k][target].</summary>
    public ExprProgram ResetsOf(CompiledTransition transition) =>
        Program((transition.Number, "resets"), () => Compile([.. transition.Source.Resets.Select(reset => reset.Value)], AtInstant));

    /// <summary>The total derivatives of a delay, [k].</summary>
    public ExprProgram DelayOf(CompiledTransition transition) =>
        Program((transition.Number, "delay"), () => Compile([transition.Timer!.Delay], AtInstant));

    /// <summary>The total derivatives of what a sampled update writes, [k][target].</summary>
    public ExprProgram ValuesOf(CompiledUpdate update) =>
        Program(update, () => Compile([.. update.Source.Assignments.Select(assignment => assignment.Value)], AtInstant));

    /// <summary>The derivatives of a clock's period and offset, [k][period, offset].</summary>
    public ExprProgram ClockOf(Expr period, Expr offset) => Program((period, offset), () => Compile([period, offset], AtRest));

    /// <summary>A watched function along the flow of a mode.</summary>
    /// <returns>
    /// 2 + 2 P values: its rate r, the rate of r, and for each number its derivative a at a fixed time and the rate of a.
    /// Where rates are data, that of r is no expression, and zero stands in its place.
    /// </returns>
    public ExprProgram GuardOf(int mode, int guard) => Program((mode, guard, "guard"), () =>
    {
        ModeSource source = _owner.Source(mode);
        Dictionary<string, Expr> rates = [];
        for (int i = 0; i < source.Derivatives!.Length; i++)
        {
            rates.Add(i < States ? _owner.Model.States[i].Name : NameOf(_owner.Model.States[BaseOf(i)].Name, (i / States) - 1),
                HasRates ? Expr.Variable(VariableKind.Parameter, Slot("rate", i)) : _inputs.Of(source.Derivatives[i]));
        }

        Expr function = _inputs.Of(source.Watches[guard].Function);
        Expr rate = Differentiator.AlongFlow(function, rates);
        Expr[,] own = Derivatives([function], AtRest);
        Expr[] derivatives = [.. Enumerable.Range(0, Count).Select(k => own[0, k])];
        return ExprProgram.Compile(_owner.Slots,
        [
            rate, HasRates ? Expr.Zero : Differentiator.AlongFlow(rate, rates),
            .. derivatives, .. derivatives.Select(derivative => Differentiator.AlongFlow(derivative, rates)),
        ]);
    });

    private static bool Carries(DiscreteVariable discrete) =>
        discrete.Type == DiscreteType.Real && !LoweredModel.IsDraw(discrete.Name);

    private static string NameOf(string variable, int k) => FormattableString.Invariant($"#d {variable} {k}");

    private static string Slot(string what, int k) => FormattableString.Invariant($"#{what} {k}");

    private SensitivityTarget TargetOf(string name)
    {
        HybridAutomaton model = _owner.Automaton;
        (SensitivityKind Kind, int Place)[] found =
        [
            (SensitivityKind.State, Find(model.States, state => state.Name == name)),
            (SensitivityKind.Discrete, Find(model.Discretes, discrete => discrete.Name == name)),
            (SensitivityKind.Parameter, Find(model.Parameters, parameter => parameter.Name == name)),
            (SensitivityKind.Input, Find(model.Inputs, input => input.Name == name)),
        ];
        (SensitivityKind kind, int place) = found.First(candidate => candidate.Place >= 0);
        return new(name, kind, place);
    }

    private static int Find<T>(ImmutableArray<T> items, Func<T, bool> isWanted)
    {
        for (int i = 0; i < items.Length; i++)
        {
            if (isWanted(items[i]))
            {
                return i;
            }
        }

        return -1;
    }

    private ExprProgram Program(object key, Func<ExprProgram> make) => _owner.Derive((typeof(SensitivityModel), key), make);

    private ExprProgram Compile(Expr[] expressions, Func<int, List<(Expr Variable, Expr Rate)>> direction)
    {
        Expr[,] found = Derivatives(expressions, direction);
        return ExprProgram.Compile(_owner.Slots,
            [.. from k in Enumerable.Range(0, Count) from i in Enumerable.Range(0, expressions.Length) select found[i, k]]);
    }

    private Expr[,] Derivatives(IReadOnlyList<Expr> expressions, Func<int, List<(Expr Variable, Expr Rate)>> direction) =>
        Differentiator.Directional([.. expressions.Select(_inputs.Of)], [.. Enumerable.Range(0, Count).Select(direction)], keepsRest: true);

    private List<(Expr Variable, Expr Rate)> Seeds(int k)
    {
        var seed = Expr.Variable(VariableKind.Parameter, Slot("seed", k));
        return Targets[k].Kind switch
        {
            SensitivityKind.Parameter => [(Expr.Variable(VariableKind.Parameter, Targets[k].Name), seed)],
            SensitivityKind.Input => [(Expr.Variable(VariableKind.Parameter, $"#{Targets[k].Name}0"), seed)],
            _ => [],
        };
    }

    private List<(Expr Variable, Expr Rate)> AtRest(int k)
    {
        List<(Expr, Expr)> moving = Seeds(k);
        foreach (StateVariable state in _owner.Model.States)
        {
            moving.Add((Expr.Variable(VariableKind.State, state.Name), Expr.Variable(VariableKind.State, NameOf(state.Name, k))));
        }

        foreach (int carrier in _carriers)
        {
            string name = _owner.Model.Discretes[carrier].Name;
            moving.Add((Expr.Variable(VariableKind.Discrete, name), Expr.Variable(VariableKind.Discrete, NameOf(name, k))));
        }

        return moving;
    }

    private List<(Expr Variable, Expr Rate)> AtInstant(int k)
    {
        List<(Expr, Expr)> moving = AtRest(k);
        moving.Add((Expr.Time, Expr.Variable(VariableKind.Parameter, Slot("tau", k))));
        return moving;
    }
}
