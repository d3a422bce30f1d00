using System.Runtime.InteropServices;
using HybridControl.Ensembles.Lanes;
using HybridControl.Ensembles.Machine;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Ensembles.Lanes;

/// <summary>A machine of one program over named registers, and an aligned block of lanes to run its code on.</summary>
internal sealed unsafe class LaneRig : IDisposable
{
    private readonly LaneFunction _function;

    public LaneRig(TrajectoryMachine machine, LaneWidth width, bool contract = true)
        : this(machine, LaneCompiler.Compile(machine, 0, width, contract), LaneCompiler.LanesOf(width))
    {
    }

    public LaneRig(TrajectoryMachine machine, LaneFunction function, int lanes)
    {
        MachineProgram program = machine.Programs[0];
        _function = function;
        Lanes = lanes;
        Rows = machine.RegisterCount + (2 * program.Stores.Length);
        Registers = (double*)NativeMemory.AlignedAlloc((nuint)(Rows * Lanes * sizeof(double)), 64);
        Mask = (long*)NativeMemory.AlignedAlloc((nuint)(Lanes * sizeof(long)), 64);
        for (int lane = 0; lane < Lanes; lane++)
        {
            Mask[lane] = -1;
        }
    }

    public int Lanes { get; }

    public int Rows { get; }

    public double* Registers { get; }

    public long* Mask { get; }

    public ref double this[int register, int lane] => ref Registers[(register * Lanes) + lane];

    public static void Require(LaneWidth width)
    {
        if (!LaneCompiler.Supports(width))
        {
            Assert.Ignore($"This processor does not run lanes of width {width}.");
        }
    }

    /// <summary>A machine whose registers are the variables of random expressions; the first expressions are assigned to the first registers.</summary>
    public static TrajectoryMachine Machine(Expr[] targets, bool repeats = false, Expr? condition = null, Expr[]? stores = null)
    {
        var slots = new SlotMap();
        string[] names = [.. RandomExpressions.Variables.Select(variable => "r." + (variable.Name ?? "t"))];
        for (int i = 0; i < names.Length; i++)
        {
            slots.Add(VariableKind.Parameter, names[i]);
            Expr variable = RandomExpressions.Variables[i];
            slots.Define(variable.Kind, variable.Name!, Expr.Variable(VariableKind.Parameter, names[i]));
        }

        stores ??= [];
        Expr[] outputs = [.. targets, .. stores, .. condition is null ? Array.Empty<Expr>() : [condition]];
        MachineStore[] places = [.. Enumerable.Range(0, stores.Length / 2)
            .Select(k => new MachineStore(0, targets.Length + (2 * k), targets.Length + (2 * k) + 1))];
        var program = new MachineProgram(
            "test", -1, ExprProgram.Compile(slots, outputs), [.. Enumerable.Range(0, targets.Length)], repeats, [], [.. places]);
        return new TrajectoryMachine(
            [.. names], [.. names.Select(_ => 0.0)], [], [program], [new MachineArray("grid", 4)], []);
    }

    public int Run(int leaveAt = 0) => _function(Registers, Mask, leaveAt);

    /// <summary>Fills all registers with numbers that depend on the lane alone, not on the width.</summary>
    public void Fill(int seed, int firstLane = 0)
    {
        for (int lane = 0; lane < Lanes; lane++)
        {
            var random = new Random((seed * 1000) + firstLane + lane);
            for (int row = 0; row < Rows; row++)
            {
                this[row, lane] = (3.8 * random.NextDouble()) - 1.9;
            }
        }
    }

    public double[] Column(int lane) => [.. Enumerable.Range(0, Rows).Select(row => this[row, lane])];

    public void Dispose()
    {
        NativeMemory.AlignedFree(Registers);
        NativeMemory.AlignedFree(Mask);
    }
}
