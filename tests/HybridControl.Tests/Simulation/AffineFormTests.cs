using HybridControl.Numerics;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Simulation;

/// <summary>Which guards are affine, and with what coefficients.</summary>
public class AffineFormTests
{
    private static readonly Expr X = Expr.Variable(VariableKind.State, "x");
    private static readonly Expr Y = Expr.Variable(VariableKind.State, "y");
    private static readonly Expr P = Expr.Variable(VariableKind.Parameter, "p");

    [Test]
    public void Coefficients_may_be_any_function_of_data()
    {
        (AffineForm? form, Ball[] c) = Extract((Expr.Sin(P) * (X - (2.0 * Y))) + (Expr.Time / P) - Expr.Max(P, 1.0), 3.0);
        Assert.That(form, Is.Not.Null);
        Assert.That(form!.States.ToArray(), Is.EqualTo((int[])[0, 1]));
        double[] expected = [-3.0, 1.0 / 3.0, Math.Sin(3.0), -2.0 * Math.Sin(3.0)];
        for (int i = 0; i < 4; i++)
        {
            Assert.That(c[i].Centre, Is.EqualTo(expected[i]).Within(1e-15));
            Assert.That(c[i].Radius, Is.LessThan(1e-13));
        }
    }

    [Test]
    public void Equal_states_cancel_exactly()
    {
        (AffineForm? form, Ball[] c) = Extract((3.0 * X) - X - (2.0 * X) + Y, 0.0);
        Assert.That(form!.States.ToArray(), Is.EqualTo((int[])[0, 1]));
        Assert.That(c[2].Centre, Is.Zero);
    }

    [Test]
    public void Products_quotients_functions_and_data_alone_are_not_affine()
    {
        Expr[] others = [X * Y, P / X, Expr.Sin(X), Expr.Min(X, Y), Expr.Abs(Y), P + 1.0, double.PositiveInfinity, Expr.Square(Expr.Time)];
        foreach (Expr other in others)
        {
            Assert.That(Extract(other, 1.0).Form, Is.Null, other.ToString());
        }
    }

    private static (AffineForm? Form, Ball[] Coefficients) Extract(Expr guard, double p)
    {
        var slots = new SlotMap();
        slots.Add(VariableKind.State, "x");
        slots.Add(VariableKind.State, "y");
        slots.Add(VariableKind.Parameter, "p");
        var graph = new ExprGraph(slots);
        AffineForm? form = AffineForm.TryExtract(graph, graph.Add(guard));
        if (form is null)
        {
            return (null, []);
        }

        var coefficients = new Ball[form.Coefficients.OutputCount];
        form.Evaluate([p], new Ball[form.Coefficients.RegisterCount], coefficients);
        return (form, coefficients);
    }
}
