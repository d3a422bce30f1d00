using System.Runtime.InteropServices;
using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Simulation;
using HybridControl.Symbolics;
using HybridControl.Symbolics.Emission;

namespace HybridControl.Estimation;

/// <summary>A sensor written as expressions of states and time; its Jacobian is exact.</summary>
/// <remarks>One thread at a time.</remarks>
public sealed class ExpressionMeasurement : MeasurementModel
{
    private readonly VectorFunction _value;
    private readonly VectorFunction _jacobian;
    private readonly double[] _data;
    private readonly Lazy<LaneVectorFunction> _lanes;
    private readonly double[] _noise;

    /// <summary>Creates a sensor.</summary>
    /// <param name="stateNames">Names of the n states, in the order of the transition model.</param>
    /// <param name="components">Name and expression of each component.</param>
    /// <param name="r">Covariance R of the noise, m by m, symmetric positive semidefinite.</param>
    /// <exception cref="ModelException">A name is unknown, sizes differ, or R is not a covariance.</exception>
    public ExpressionMeasurement(IReadOnlyList<string> stateNames, IReadOnlyList<(string Name, Expr Value)> components, double[,] r)
        : this(SlotsOf(stateNames), [.. stateNames], components, r, new double[1])
    {
    }

    /// <summary>Creates a sensor of expressions over a model's own slots.</summary>
    internal ExpressionMeasurement(
        SlotMap slots, IReadOnlyList<string> stateNames, IReadOnlyList<(string Name, Expr Value)> components, double[,] r, double[] data)
        : base([.. components.Select(component => component.Name)], stateNames.Count)
    {
        CheckNames(slots, stateNames, components);
        Matrices.CheckSize("sensor.R", r, Count, Count);
        _noise = CovarianceFactor.Of(Matrices.Flatten(r, "sensor.R"), Count, "sensor.R");
        Expr[] values = [.. components.Select(component => component.Value)];
        Expr[,] jacobian = Differentiator.Jacobian(values, [.. stateNames.Select(name => Expr.Variable(VariableKind.State, name))]);
        IsLinear = !ExpressionVariables.Of(jacobian.Cast<Expr>()).Any(variable => variable.Kind == VariableKind.State);
        VectorFunction[] functions = VectorFunctions.Compile("sensor", slots, values, [.. jacobian.Cast<Expr>()]);
        (_value, _jacobian) = (functions[0], functions[1]);
        _data = data;
        _lanes = new(() => LaneVectorFunctions.Compile("sensor", slots, values)[0]);
    }

    /// <inheritdoc/>
    public override bool IsLinear { get; }

    /// <inheritdoc/>
    public override bool HasConstantNoise => true;

    /// <inheritdoc/>
    public override void Predict(double time, ReadOnlySpan<double> x, Span<double> z) => _value(
        time, ref MemoryMarshal.GetReference(x), ref MemoryMarshal.GetArrayDataReference(_data), ref MemoryMarshal.GetReference(z));

    /// <inheritdoc/>
    public override void Predict(double time, StateEnsemble members, Span<double> predicted)
    {
        ArgumentNullException.ThrowIfNull(members);
        _lanes.Value(
            time, ref MemoryMarshal.GetReference(members.Values), ref MemoryMarshal.GetArrayDataReference(_data),
            ref MemoryMarshal.GetReference(predicted), members.Stride, members.Count);
    }

    /// <inheritdoc/>
    public override void Linearize(double time, ReadOnlySpan<double> x, Span<double> z, Span<double> jacobian)
    {
        Predict(time, x, z);
        _jacobian(
            time, ref MemoryMarshal.GetReference(x), ref MemoryMarshal.GetArrayDataReference(_data), ref MemoryMarshal.GetReference(jacobian));
    }

    /// <inheritdoc/>
    public override void Noise(double time, ReadOnlySpan<double> x, Span<double> factor) => _noise.CopyTo(factor);

    private static SlotMap SlotsOf(IReadOnlyList<string> stateNames)
    {
        var slots = new SlotMap();
        foreach (string name in stateNames)
        {
            slots.Add(VariableKind.State, name);
        }

        return slots;
    }

    private static void CheckNames(SlotMap slots, IReadOnlyList<string> stateNames, IReadOnlyList<(string Name, Expr Value)> components)
    {
        Finding[] findings =
        [
            .. components.SelectMany(component => ExpressionVariables.Of([component.Value])
                .Where(variable => variable.Kind != VariableKind.Time && !slots.TryGetSlot(variable.Kind, variable.Name!, out _) &&
                    !slots.TryGetDefinition(variable.Kind, variable.Name!, out _))
                .Select(variable => new Finding(
                    $"sensor.{component.Name}", $"unknown name '{variable.Name}'", Suggestions.For(variable.Name!, stateNames)))),
        ];
        if (findings.Length > 0)
        {
            throw new ModelException(findings);
        }
    }
}
