using System.Runtime.InteropServices;
using HybridControl.Numerics;

namespace HybridControl.Simulation;

/// <summary>Any function of time, states and data as a guard. It has no bounds, so nothing about it is proved.</summary>
internal sealed class DelegateGuard : GuardFunction
{
    private readonly Function _function;
    private readonly int _stateCount;
    private readonly int _dataCount;

    /// <summary>Creates a guard.</summary>
    public DelegateGuard(string name, int stateCount, int dataCount, Function function)
        : base(name, null, GuardParts.None)
    {
        _function = function;
        _stateCount = stateCount;
        _dataCount = dataCount;
    }

    /// <summary>The function.</summary>
    public delegate double Function(double time, ReadOnlySpan<double> states, ReadOnlySpan<double> data);

    /// <inheritdoc/>
    public override bool IsBounded => false;

    /// <inheritdoc/>
    public override double Evaluate(double time, ref double states, ref double data) => _function(
        time,
        MemoryMarshal.CreateReadOnlySpan(ref states, _stateCount),
        MemoryMarshal.CreateReadOnlySpan(ref data, _dataCount));

    /// <inheritdoc/>
    public override Ball Evaluate(Ball time, ref Ball states, ref double data) => Ball.Unbounded;

    /// <inheritdoc/>
    public override Jet Evaluate(Jet time, ref Jet states, ref double data) =>
        new(Ball.Unbounded, Ball.Unbounded, BallOrRay.Unbounded);
}
