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

    /// <summary>The thermostat of estimation.json: off and on with soft guards, drawn before each step.</summary>
    public static (TransitionPropagator Propagator, LinearMeasurement Sensor) Thermostat(JsonElement p)
    {
        double[] surroundings = p.Vector("Tamb");
        (double a, double q, double k) = (p.Number("a"), p.Number("qstd"), p.Number("ks"));
        TransitionModel Model(double ambient) => ExpressionTransition.Build(m =>
        {
            Expr state = m.State("x");
            m.Next(state, state + (m.Step * a * (ambient - state)));
            m.Noise(new[,] { { q * q } });
        });
        Expr x = Expr.Variable(VariableKind.State, "x");
        static Expr Sigmoid(Expr z) => 1.0 / (1.0 + Expr.Exp(-z));
        var switching = new ExpressionSwitching(
            ["x"], 2, (0, 1, Sigmoid(k * (p.Number("lo") - x))), (1, 0, Sigmoid(k * (x - p.Number("hi")))));
        double r = p.Number("rstd");
        return (
            new TransitionPropagator([("off", Model(surroundings[0])), ("on", Model(surroundings[1]))], switching),
            new LinearMeasurement(new[,] { { 1.0 } }, new[,] { { r * r } }));
    }

    /// <summary>The univariate nonlinear growth model of estimation.json.</summary>
    public static (ExpressionTransition Transition, ExpressionMeasurement Sensor) NonlinearGrowth(JsonElement data)
    {
        ExpressionTransition transition = ExpressionTransition.Build(m =>
        {
            Expr state = m.State("x");
            m.Next(state, (0.5 * state) + (25.0 * state / (1.0 + (state * state))) + (8.0 * Expr.Cos(1.2 * (m.Time + m.Step))));
            m.Noise(new[,] { { data.Number("Q") } });
        });
        Expr x = Expr.Variable(VariableKind.State, "x");
        return (transition, new ExpressionMeasurement(["x"], [("z", x * x / 20.0)], new[,] { { data.Number("R") } }));
    }
}
