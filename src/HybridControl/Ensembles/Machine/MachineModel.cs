using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Symbolics;

namespace HybridControl.Ensembles.Machine;

/// <summary>A plan's model with one alternative: which of its variables are constants, and which live in registers.</summary>
/// <remarks>
/// A parameter, discrete variable or input that nothing varies, sets or assigns is a constant, so that the programs carry
/// numbers where they can.
/// </remarks>
internal sealed class MachineModel
{
    private readonly Dictionary<(VariableKind Kind, string Name), Expr> _constants = [];
    private readonly Dictionary<(VariableKind Kind, string Name), int> _data = [];
    private readonly Substitution _expand;
    private readonly double[] _coefficients;

    public MachineModel(EnsemblePlan plan, int alternative, RegisterFile registers)
    {
        Plan = plan;
        Registers = registers;
        Automaton = plan.Model;
        Values = plan.Alternatives.IsEmpty ? plan.Values : plan.Values.SetItems(plan.Alternatives[alternative].Values);
        Varied = [.. plan.Variations.Select(variation => variation.Name)];
        SetNames = [.. plan.Commands.Where(command => command.Set is not null).Select(command => command.Set!)];
        Noisy = [.. plan.Noise.Select(noise => noise.Input)];
        Conditions = MachineConditions.Of(plan);
        Compiled = new CompiledAutomaton(plan.Model, [.. Conditions.Select(c => (c.Name, c.Condition))]);
        _coefficients = new double[Compiled.DataCount + 1];
        _expand = new Substitution(ExpandVariable);
        AddParameters();
        Inputs = [.. Compiled.Inputs.Select(AddInput)];
        Discretes = [.. Automaton.Discretes.Select(AddDiscrete)];
        foreach (Branch branch in Compiled.Branches)
        {
            AddData(VariableKind.Parameter, $"#branch{BranchNumber(branch)}", $"branch{BranchNumber(branch)}", 1.0);
        }

        for (int i = 0; i < Compiled.Atoms.Length; i++)
        {
            AddData(VariableKind.Parameter, $"#atom{i}", $"atom{i}", StaticAtom.Magnitude);
        }
    }

    public EnsemblePlan Plan { get; }

    public HybridAutomaton Automaton { get; }

    public CompiledAutomaton Compiled { get; }

    public RegisterFile Registers { get; }

    /// <summary>Values that replace those of the model.</summary>
    public ImmutableDictionary<string, double> Values { get; }

    /// <summary>Names of what varies.</summary>
    public ImmutableHashSet<string> Varied { get; }

    /// <summary>Names that commands set.</summary>
    public ImmutableHashSet<string> SetNames { get; }

    /// <summary>Names of inputs that noise drives.</summary>
    public ImmutableHashSet<string> Noisy { get; }

    /// <summary>Conditions that are watched for the record.</summary>
    public ImmutableArray<WatchedCondition> Conditions { get; }

    /// <summary>The register of each discrete variable; -1 for a constant.</summary>
    public int[] Discretes { get; }

    /// <summary>The inputs.</summary>
    public MachineInput[] Inputs { get; }

    /// <summary>Clocks at whose ticks guards are looked at.</summary>
    public GuardClock[] GuardClocks => Compiled.GuardClocks;

    /// <summary>The register of a data variable; -1 for a constant.</summary>
    public int RegisterOf(VariableKind kind, string name) => _data.GetValueOrDefault((kind, name), -1);

    /// <summary>Looks the register of a data variable up.</summary>
    public bool TryGetData(VariableKind kind, string name, out int register) => _data.TryGetValue((kind, name), out register);

    /// <summary>The register of a choice.</summary>
    public int RegisterOf(Branch branch) => _data[(VariableKind.Parameter, $"#branch{BranchNumber(branch)}")];

    /// <summary>The register of a folded comparison.</summary>
    public int RegisterOf(StaticAtom atom) => _data[(VariableKind.Parameter, $"#atom{Array.IndexOf(Compiled.Atoms, atom)}")];

    /// <summary>The number of a choice.</summary>
    public int BranchNumber(Branch branch)
    {
        for (int i = 0; i < Compiled.Branches.Count; i++)
        {
            if (ReferenceEquals(Compiled.Branches[i], branch))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>An expression of the model with its inputs written out and its constants folded.</summary>
    public Expr Expand(Expr expression) => _expand.Of(expression);

    /// <summary>A condition of the model with its inputs written out and its constants folded.</summary>
    public Condition Expand(Condition condition) => _expand.Of(condition);

    /// <summary>Whether the start value of a variable is given by the plan or its samples.</summary>
    public bool IsGiven(string name) => Values.ContainsKey(name) || Varied.Contains(name);

    private Expr? ExpandVariable(VariableKind kind, string name)
    {
        if (kind == VariableKind.Input && Compiled.Slots.TryGetDefinition(kind, name, out Expr definition))
        {
            return _expand.Of(definition);
        }

        return _constants.GetValueOrDefault((kind, name));
    }

    private int AddData(VariableKind kind, string name, string register, double initial)
    {
        int number = Registers.Add(register, initial);
        _data.Add((kind, name), number);
        return number;
    }

    private void AddParameters()
    {
        foreach (Parameter parameter in Automaton.Parameters)
        {
            double value = Values.GetValueOrDefault(parameter.Name, parameter.Value);
            if (Varied.Contains(parameter.Name) || SetNames.Contains(parameter.Name))
            {
                AddData(VariableKind.Parameter, parameter.Name, parameter.Name, value);
            }
            else
            {
                _constants.Add((VariableKind.Parameter, parameter.Name), value);
            }
        }
    }

    private MachineInput AddInput(InputSlots input)
    {
        bool given = IsGiven(input.Name) || Noisy.Contains(input.Name);
        bool changes = Varied.Contains(input.Name) || Noisy.Contains(input.Name) || SetNames.Contains(input.Name);
        double[] times = given ? [] : [.. input.Breakpoints.Where(time => time > Plan.StartTime)];
        var slots = new List<int>();
        while (Compiled.Slots.TryGetSlot(VariableKind.Parameter, $"#{input.Name}{slots.Count}", out int slot))
        {
            slots.Add(slot);
        }

        double[] Piece(double time)
        {
            input.Write(time, _coefficients);
            if (Values.TryGetValue(input.Name, out double held) || given)
            {
                input.Hold(held, _coefficients);
            }

            return [.. slots.Select(slot => _coefficients[slot])];
        }

        double[] first = Piece(Plan.StartTime);
        double[][] pieces = [.. times.Select(Piece)];
        int[] registers = new int[slots.Count];
        for (int i = 0; i < registers.Length; i++)
        {
            bool moves = pieces.Any(piece => piece[i] != first[i]) ||
                (changes && i == 0) || (i == 1 && SetNames.Contains(input.Name) && first[1] != 0.0);
            string name = $"#{input.Name}{i}";
            registers[i] = -1;
            if (moves)
            {
                registers[i] = AddData(VariableKind.Parameter, name, i == 0 ? input.Name : $"{input.Name}.{i}", first[i]);
            }
            else
            {
                _constants.Add((VariableKind.Parameter, name), first[i]);
            }
        }

        return new(input.Name, registers, times, pieces);
    }

    private int AddDiscrete(DiscreteVariable discrete)
    {
        bool written = LoweredModel.IsDraw(discrete.Name) || Automaton.Transitions.Any(t => t.Resets.Any(reset => reset.Target == discrete.Name)) ||
            Automaton.SampledUpdates.Any(update => update.Assignments.Any(a => a.Target == discrete.Name)) ||
            Varied.Contains(discrete.Name) || SetNames.Contains(discrete.Name);
        Expr initial = Values.TryGetValue(discrete.Name, out double value) ? value : Expand(discrete.Initial);
        if (!written && initial.IsConstant)
        {
            _constants.Add((VariableKind.Discrete, discrete.Name), initial);
            return -1;
        }

        return AddData(VariableKind.Discrete, discrete.Name, discrete.Name, initial.IsConstant ? initial.Value : 0.0);
    }
}

/// <summary>An input whose coefficients are registers or constants.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Registers">The register of each coefficient; -1 for a constant.</param>
/// <param name="Times">Breakpoints after the start, ascending.</param>
/// <param name="Pieces">The coefficients from each breakpoint on.</param>
internal sealed record MachineInput(string Name, int[] Registers, double[] Times, double[][] Pieces);
