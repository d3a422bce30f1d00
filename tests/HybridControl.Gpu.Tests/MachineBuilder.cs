using System.Collections.Immutable;
using HybridControl.Ensembles.Machine;
using HybridControl.Symbolics;

namespace HybridControl.Gpu.Tests;

/// <summary>Writes small trajectory machines by hand: registers by name, programs as expressions over them.</summary>
internal sealed class MachineBuilder
{
    private readonly SlotMap _slots = new();
    private readonly List<string> _names = [];
    private readonly List<double> _initial = [];
    private readonly List<MachineProgram> _programs = [];
    private readonly List<MachineArray> _arrays = [];

    public MachineBuilder() => Register("pc", 0.0);

    /// <summary>Adds a register.</summary>
    public Expr Register(string name, double initial)
    {
        _slots.Add(VariableKind.Parameter, name);
        _names.Add(name);
        _initial.Add(initial);
        return Expr.Variable(VariableKind.Parameter, name);
    }

    /// <summary>Adds an array.</summary>
    public int Array(string name, int length)
    {
        _arrays.Add(new(name, length));
        return _arrays.Count - 1;
    }

    /// <summary>Adds a program.</summary>
    public MachineBuilder Program(
        string name, (string Register, Expr Value)[] assign, Expr? repeatWhile = null,
        (int Array, Expr Index, Expr Value)[]? stores = null, (string Register, int Noise, string Index)[]? loads = null)
    {
        stores ??= [];
        var outputs = new List<Expr>(assign.Select(entry => entry.Value));
        var places = ImmutableArray.CreateBuilder<MachineStore>();
        foreach ((int array, Expr index, Expr value) in stores)
        {
            places.Add(new(array, outputs.Count, outputs.Count + 1));
            outputs.AddRange([index, value]);
        }

        if (repeatWhile is not null)
        {
            outputs.Add(repeatWhile);
        }

        _programs.Add(new(
            name, -1, ExprProgram.Compile(_slots, [.. outputs]), [.. assign.Select(entry => Number(entry.Register))],
            repeatWhile is not null, [.. (loads ?? []).Select(load => new MachineLoad(Number(load.Register), load.Noise, Number(load.Index)))],
            places.ToImmutable()));
        return this;
    }

    /// <summary>The machine; results are read from the registers named.</summary>
    public TrajectoryMachine Build(string[] varied, string[] results) => new(
        [.. _names], [.. _initial], [.. varied.Select(Number)], [.. _programs], [.. _arrays], [.. results.Select(Number)]);

    private int Number(string name) => _names.IndexOf(name);
}
