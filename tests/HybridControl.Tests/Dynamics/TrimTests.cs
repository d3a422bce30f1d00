using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Dynamics;

internal sealed class TrimTests
{
    private static readonly Expr X = Expr.Variable(VariableKind.State, "x");
    private static readonly Expr Y = Expr.Variable(VariableKind.Input, "y");
    private static readonly Expr A = Expr.Variable(VariableKind.Parameter, "a");
    private static readonly Dictionary<Expr, double> Nothing = [];

    [Test]
    public void Circle_and_line_meet_at_the_root_of_two()
    {
        TrimPoint point = Trim.Solve([(X * X) + (Y * Y) - A, X - Y], [(X, 1.0), (Y, 3.0)], new Dictionary<Expr, double> { [A] = 4.0 });
        Assert.That(point[X], Is.EqualTo(Math.Sqrt(2.0)).Within(1e-14));
        Assert.That(point[Y], Is.EqualTo(Math.Sqrt(2.0)).Within(1e-14));
    }

    [Test]
    public void Step_out_of_the_domain_is_shortened()
    {
        // The first Newton step from 5 for log(x) leads to 5 - 5 log 5 < 0.
        TrimPoint point = Trim.Solve([Expr.Log(X)], [(X, 5.0)], Nothing);
        Assert.That(point[X], Is.EqualTo(1.0).Within(1e-14));
    }

    [Test]
    public void Variable_without_a_value_is_named() =>
        Assert.That(
            () => Trim.Solve([X - A], [(X, 0.0)], Nothing),
            Throws.TypeOf<ModelException>().With.Message.Contains("'a' has no value"));

    [Test]
    public void Equation_without_a_solution_is_refused() =>
        Assert.That(
            () => Trim.Solve([(X * X) + 1.0], [(X, 3.0)], Nothing),
            Throws.TypeOf<ModelException>().With.Message.Contains("x = "));
}
