using HybridControl.Numerics;
using HybridControl.Symbolics.Emission;

namespace HybridControl.Simulation;

/// <summary>A guard whose three evaluations are compiled code.</summary>
internal sealed class EmittedGuard : GuardFunction
{
    private readonly PointFunction<double> _value;
    private readonly PointFunction<Ball> _ball;
    private readonly PointFunction<Jet> _jet;

    /// <summary>Creates a guard from its kernels.</summary>
    public EmittedGuard(
        string name,
        int[]? states,
        GuardParts parts,
        PointFunction<double> value,
        PointFunction<Ball> ball,
        PointFunction<Jet> jet)
        : base(name, states, parts)
    {
        _value = value;
        _ball = ball;
        _jet = jet;
    }

    /// <inheritdoc/>
    public override double Evaluate(double time, ref double states, ref double data) =>
        _value(time, ref states, ref data);

    /// <inheritdoc/>
    public override Ball Evaluate(Ball time, ref Ball states, ref double data) => _ball(time, ref states, ref data);

    /// <inheritdoc/>
    public override Jet Evaluate(Jet time, ref Jet states, ref double data) => _jet(time, ref states, ref data);
}
