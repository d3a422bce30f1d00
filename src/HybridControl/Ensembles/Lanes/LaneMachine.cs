using System.Collections.Immutable;
using HybridControl.Ensembles.Machine;
using HybridControl.Symbolics;

namespace HybridControl.Ensembles.Lanes;

/// <summary>A machine with its code for lanes of one width, compiled program by program when first run. Thread-safe.</summary>
internal sealed class LaneMachine
{
    private readonly Func<int, LaneFunction> _compile;
    private readonly LaneFunction?[] _functions;
    private readonly Lock _gate = new();

    /// <summary>Prepares a machine.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="lanes">Lanes of a group: 1, 8 or 16.</param>
    /// <param name="compile">Makes the code of a program.</param>
    public LaneMachine(TrajectoryMachine machine, int lanes, Func<int, LaneFunction> compile)
    {
        _compile = compile;
        Machine = machine;
        Lanes = lanes;
        ImmutableArray<MachineProgram> programs = machine.Programs;
        _functions = new LaneFunction?[programs.Length];
        Repeats = [.. programs.Select(program => program.Repeats)];
        Modes = [.. programs.Select(program => program.Mode)];
        Loads = [.. programs.Select(program => program.Loads.ToArray())];
        Stores = [.. programs.Select(program => StoresOf(machine, program))];
        Costs = [.. programs.Select(CostOf)];
        ModeCount = programs.Max(program => program.Mode) + 1;
        Initial = [.. machine.Initial];
        int outputs = programs.Max(program => program.Stores.Length * 2);
        Entries = (machine.RegisterCount + outputs) * lanes;
    }

    /// <summary>Where the value of a store goes.</summary>
    /// <param name="Table">The table of the block.</param>
    /// <param name="Length">Entries of the table for each trajectory.</param>
    /// <param name="Index">Row of the register block that holds the index.</param>
    /// <param name="Value">Row that holds the value.</param>
    public readonly record struct Store(LaneTable Table, int Length, int Index, int Value);

    public TrajectoryMachine Machine { get; }

    /// <summary>Lanes of a group.</summary>
    public int Lanes { get; }

    /// <summary>Doubles of a register block.</summary>
    public int Entries { get; }

    /// <summary>The number of modes that programs belong to.</summary>
    public int ModeCount { get; }

    public double[] Initial { get; }

    /// <summary>For each program, whether it is a loop.</summary>
    public bool[] Repeats { get; }

    /// <summary>For each program, about what a pass costs, in simple operations.</summary>
    public double[] Costs { get; }

    /// <summary>For each program, its mode; -1 for all modes.</summary>
    public int[] Modes { get; }

    public MachineLoad[][] Loads { get; }

    public Store[][] Stores { get; }

    /// <summary>The code of a program.</summary>
    public LaneFunction this[int program] => _functions[program] ?? Compile(program);

    private LaneFunction Compile(int program)
    {
        lock (_gate)
        {
            return _functions[program] ??= _compile(program);
        }
    }

    private static double CostOf(MachineProgram program)
    {
        double cost = 0.0;
        foreach (GraphNode node in program.Code.Instructions)
        {
            cost += node.Op switch
            {
                OpCode.Constant or OpCode.Data => 0.25,
                OpCode.Divide or OpCode.Sqrt => 10.0,
                > OpCode.Sqrt and < OpCode.Min => 40.0, // the elementary functions
                _ => 1.0,
            };
        }

        return cost;
    }

    private static Store[] StoresOf(TrajectoryMachine machine, MachineProgram program)
    {
        int Row(int output) => machine.RegisterCount + output - program.Targets.Length;
        return
        [
            .. program.Stores.Select(store => new Store(
                TableOf(machine.Arrays[store.Array].Name), machine.Arrays[store.Array].Length,
                Row(store.IndexOutput), Row(store.ValueOutput))),
        ];
    }

    private static LaneTable TableOf(string array) => array switch
    {
        "grid" => LaneTable.Grid,
        "eventTimes" => LaneTable.EventTimes,
        "eventTransitions" => LaneTable.EventTransitions,
        _ => throw new ArgumentException($"No table of a block belongs to the array '{array}'.", nameof(array)),
    };
}
