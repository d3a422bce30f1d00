using HybridControl.Symbolics;

namespace HybridControl.Ensembles.Machine;

/// <summary>A program while it is being written: what each register will hold, as an expression over what it holds before.</summary>
/// <remarks>Reading gives the value written last, so code on a frame reads like code on variables.</remarks>
internal sealed class MachineFrame
{
    private readonly RegisterFile _registers;
    private readonly Dictionary<int, Expr> _values = [];
    private readonly List<(int Array, Expr Index, Expr Value)> _stores = [];
    private readonly List<MachineLoad> _loads = [];

    public MachineFrame(RegisterFile registers) => _registers = registers;

    private MachineFrame(MachineFrame other)
    {
        _registers = other._registers;
        _values = new(other._values);
    }

    /// <summary>What a register holds here.</summary>
    public Expr this[int register]
    {
        get => _values.TryGetValue(register, out Expr? value) ? value : _registers.Read(register);
        set => _values[register] = value;
    }

    /// <summary>The values at this place, for later questions about what was before.</summary>
    public MachineFrame Snapshot() => new(this);

    /// <summary>Assigns where a flag is set (at least zero).</summary>
    public void SetIf(Expr flag, int register, Expr value) => this[register] = Flag.Choose(flag, value, this[register]);

    /// <summary>Writes an entry of an array when the program runs; nothing where the index is outside.</summary>
    public void Store(int array, Expr index, Expr value) => _stores.Add((array, index, value));

    /// <summary>Fetches a draw before the program computes; once, however often it is asked for.</summary>
    public void Load(MachineLoad load)
    {
        if (!_loads.Contains(load))
        {
            _loads.Add(load);
        }
    }

    /// <summary>The program.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="mode">Its mode, or -1.</param>
    /// <param name="loop">The loop condition, positive to repeat; null for a program that runs once.</param>
    public MachineDraft ToDraft(string name, int mode, Expr? loop = null)
    {
        var simplifier = new SimplifierPass(keepAliases: false);
        var outputs = new List<Expr>();
        var targets = new List<int>();
        foreach ((int register, Expr value) in _values.OrderBy(entry => entry.Key))
        {
            Expr simple = simplifier.Simplify(value);
            if (!ReferenceEquals(simple, _registers.Read(register)))
            {
                targets.Add(register);
                outputs.Add(simple);
            }
        }

        var stores = new List<MachineStore>();
        foreach ((int array, Expr index, Expr value) in _stores)
        {
            stores.Add(new(array, outputs.Count, outputs.Count + 1));
            outputs.Add(simplifier.Simplify(index));
            outputs.Add(simplifier.Simplify(value));
        }

        if (loop is not null)
        {
            outputs.Add(simplifier.Simplify(loop));
        }

        return new(name, mode, [.. outputs], [.. targets], loop is not null, [.. _loads], [.. stores]);
    }
}
