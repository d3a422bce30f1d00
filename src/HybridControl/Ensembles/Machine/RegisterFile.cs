using HybridControl.Symbolics;

namespace HybridControl.Ensembles.Machine;

/// <summary>The registers of a machine while it is being built: names, first values and the variables that read them.</summary>
internal sealed class RegisterFile
{
    private readonly List<string> _names = [];
    private readonly List<double> _initial = [];
    private readonly List<Expr> _reads = [];

    /// <summary>Where each register lives: register number r is entry r of the data block.</summary>
    public SlotMap Slots { get; } = new();

    /// <summary>Names by number.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>First values by number.</summary>
    public IReadOnlyList<double> Initial => _initial;

    /// <summary>Adds a register.</summary>
    /// <param name="name">Its name; a name that is taken, for a model may use any, is followed by a prime.</param>
    /// <param name="initial">What it holds before the first program.</param>
    public int Add(string name, double initial = 0.0)
    {
        while (Slots.TryGetSlot(VariableKind.Parameter, name, out _))
        {
            name += "\u2032";
        }

        int number = Slots.Add(VariableKind.Parameter, name);
        _names.Add(name);
        _initial.Add(initial);
        _reads.Add(Expr.Variable(VariableKind.Parameter, name));
        return number;
    }

    /// <summary>Adds a register for each of <paramref name="count"/> numbers.</summary>
    public int[] AddMany(string name, int count, double initial = 0.0) =>
        [.. Enumerable.Range(0, count).Select(i => Add($"{name}{i}", initial))];

    /// <summary>The variable that reads a register.</summary>
    public Expr Read(int register) => _reads[register];

    /// <summary>Changes a first value.</summary>
    public void Set(int register, double initial) => _initial[register] = initial;

    /// <summary>Gives the registers that are used their final numbers, in order.</summary>
    /// <param name="used">Whether each is used.</param>
    /// <returns>Where they are, and the final number of each; -1 for one that is dropped.</returns>
    public (SlotMap Slots, int[] Numbers) Compact(bool[] used)
    {
        var slots = new SlotMap();
        int[] numbers = new int[used.Length];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = used[i] ? slots.Add(VariableKind.Parameter, _names[i]) : -1;
        }

        return (slots, numbers);
    }
}
