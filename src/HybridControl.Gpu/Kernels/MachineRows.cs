using System.Collections.Immutable;
using HybridControl.Ensembles.Machine;

namespace HybridControl.Gpu.Kernels;

/// <summary>Where the registers, array entries and random draws of a machine lie in device memory.</summary>
/// <remarks>
/// A register that no program assigns and no variation fills is a constant of the kernel and has no row. The rows of an
/// array, and those of the draws of a noise, are consecutive. After the noises of the plan come the parts of the key from
/// which the model's own draws are made. Immutable.
/// </remarks>
internal sealed class MachineRows
{
    private const int KeyParts = 3;

    private readonly TrajectoryMachine _machine;
    private readonly ImmutableArray<int> _rows;

    /// <summary>Lays out a machine.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="draws">For each noise of the plan, how many draws of a trajectory are kept at hand.</param>
    public MachineRows(TrajectoryMachine machine, ImmutableArray<int> draws)
    {
        _machine = machine;
        NoiseCount = draws.Length;
        bool draw = machine.Programs.Any(program => program.Loads.Any(load => load.Noise >= draws.Length));
        draws = draw ? draws.Add(KeyParts) : draws;
        Draws = draws;
        bool[] changes = new bool[machine.RegisterCount];
        changes[TrajectoryMachine.ProgramCounter] = true;
        foreach (int register in machine.Varied)
        {
            changes[register] = true;
        }

        foreach (MachineProgram program in machine.Programs)
        {
            foreach (int target in program.Targets.Concat(program.Loads.Select(load => load.Target)))
            {
                changes[target] = true;
            }
        }

        var rows = ImmutableArray.CreateBuilder<int>(changes.Length);
        foreach (bool change in changes)
        {
            rows.Add(change ? RegisterRows++ : -1);
        }

        _rows = rows.MoveToImmutable();
        FirstEntry = Starts(machine.Arrays.Select(array => array.Length), out int entries);
        FirstDraw = Starts(draws, out int kept);
        (ArrayRows, DrawRows) = (entries, kept);
    }

    /// <summary>Rows of registers.</summary>
    public int RegisterRows { get; }

    /// <summary>Rows of array entries.</summary>
    public int ArrayRows { get; }

    /// <summary>Rows of random draws.</summary>
    public int DrawRows { get; }

    /// <summary>For each array, the row of its first entry.</summary>
    public ImmutableArray<int> FirstEntry { get; }

    /// <summary>The number of noises of the plan.</summary>
    public int NoiseCount { get; }

    /// <summary>Whether the model draws random numbers itself.</summary>
    public bool HasKey => Draws.Length > NoiseCount;

    /// <summary>For each noise, the row of its first draw; then that of the first part of the key.</summary>
    public ImmutableArray<int> FirstDraw { get; }

    /// <summary>For each noise, how many draws are kept at hand; then the parts of the key, if there is one.</summary>
    public ImmutableArray<int> Draws { get; }

    /// <summary>The row of a register; -1 if it is a constant.</summary>
    public int RowOf(int register) => _rows[register];

    /// <summary>What a register holds at the start.</summary>
    public double InitialOf(int register) => _machine.Initial[register];

    /// <summary>What each row of registers holds at the start.</summary>
    public double[] Initial()
    {
        double[] initial = new double[RegisterRows];
        for (int register = 0; register < _rows.Length; register++)
        {
            if (_rows[register] >= 0)
            {
                initial[_rows[register]] = _machine.Initial[register];
            }
        }

        return initial;
    }

    private static ImmutableArray<int> Starts(IEnumerable<int> lengths, out int total)
    {
        var starts = ImmutableArray.CreateBuilder<int>();
        total = 0;
        foreach (int length in lengths)
        {
            starts.Add(total);
            total = checked(total + length);
        }

        return starts.ToImmutable();
    }
}
