using System.Collections.Immutable;
using HybridControl.Symbolics;
using HybridControl.Symbolics.Emission;

namespace HybridControl.Dynamics;

/// <summary>The diffusion of a stochastic flow dx = f dt + G dW, as a stepper needs it: the entries of G that are not zero.</summary>
/// <remarks>
/// W has one component for each Wiener process that the flow uses; G is n by that number and sparse. The coefficients are
/// read at the start of a step (Ito's integral). Immutable and thread-safe.
/// </remarks>
internal sealed class DiffusionFunction
{
    private readonly Lazy<VectorFunction> _values;

    /// <summary>Describes a diffusion.</summary>
    /// <param name="name">Name of the flow, for messages.</param>
    /// <param name="slots">Where the variables of the expressions live.</param>
    /// <param name="states">Names of the n states.</param>
    /// <param name="processes">Names of the processes that the flow uses.</param>
    /// <param name="numbers">Number of each of them among all that drive the system.</param>
    /// <param name="entries">The entries of G that are not zero.</param>
    /// <param name="coefficients">Their expressions.</param>
    public DiffusionFunction(
        string name,
        SlotMap slots,
        ImmutableArray<string> states,
        ImmutableArray<string> processes,
        ImmutableArray<int> numbers,
        ImmutableArray<DiffusionEntry> entries,
        ImmutableArray<Expr> coefficients)
    {
        Name = name;
        Slots = slots;
        (States, Processes, Numbers, Entries, Coefficients) = (states, processes, numbers, entries, coefficients);
        _values = new(() => VectorFunctions.Compile(name, slots, [.. coefficients])[0]);
    }

    /// <summary>Name of the flow.</summary>
    public string Name { get; }

    /// <summary>Where the variables of the expressions live.</summary>
    public SlotMap Slots { get; }

    /// <summary>Names of the n states.</summary>
    public ImmutableArray<string> States { get; }

    /// <summary>Names of the processes that the flow uses.</summary>
    public ImmutableArray<string> Processes { get; }

    /// <summary>Number of each of them among all that drive the system.</summary>
    public ImmutableArray<int> Numbers { get; }

    /// <summary>The entries of G that are not zero.</summary>
    public ImmutableArray<DiffusionEntry> Entries { get; }

    /// <summary>Their expressions.</summary>
    public ImmutableArray<Expr> Coefficients { get; }

    /// <summary>Writes the values of the entries, in their order.</summary>
    public VectorFunction Values => _values.Value;
}
