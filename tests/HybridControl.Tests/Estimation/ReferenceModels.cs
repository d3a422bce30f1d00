using System.Text.Json;
using HybridControl.Estimation;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation;

/// <summary>Models of the reference data as a user would write them.</summary>
internal static class ReferenceModels
{
    /// <summary>The pendulum of estimation.json: Euler's rule, measured through the sine of its angle.</summary>
    public static (ExpressionTransition Transition, ExpressionMeasurement Sensor) Pendulum(JsonElement data)
    {
        (double g, double c) = (data.Number("g"), data.Number("c"));
        ExpressionTransition transition = ExpressionTransition.Build(m =>
        {
            Expr angle = m.State("angle");
            Expr rate = m.State("rate");
            m.Next(angle, angle + (m.Step * rate));
            m.Next(rate, rate - (m.Step * ((g * Expr.Sin(angle)) + (c * rate))));
            m.Noise(data.Matrix("Q"));
        });
        var sensor = new ExpressionMeasurement(
            transition.StateNames, [("height", Expr.Sin(Expr.Variable(VariableKind.State, "angle")))], data.Matrix("R"));
        return (transition, sensor);
    }
}
