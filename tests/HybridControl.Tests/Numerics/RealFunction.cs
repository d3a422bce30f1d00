using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Numerics;

/// <summary>One operation on every number type, for laws that all of them must keep.</summary>
public sealed record RealFunction(OpCode Op)
{
    public double OnDoubles(double a, double b = 0.0) =>
        NodeEvaluator.Evaluate(Op, new Real64(a), new Real64(b), default, null).Value;

    public Ball OnBalls(Ball a, Ball b = default) => NodeEvaluator.Evaluate(Op, a, b, default, null);

    public Jet OnJets(Jet a, Jet b = default) => NodeEvaluator.Evaluate(Op, a, b, default, null);

    public override string ToString() => Op.ToString();
}
