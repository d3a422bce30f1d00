using HybridControl.Numerics;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Symbolics;

public sealed class SimplifierTests
{
    private static readonly Expr X = Expr.Variable(VariableKind.State, "x");
    private static readonly Expr Y = Expr.Variable(VariableKind.State, "y");
    private static readonly LookupCurve Drag = new("drag", [0.0, 1.0], [0.0, 2.0]);
    private static readonly ExprScope Scope = new ExprScope().Add(X).Add(Y).Add(Drag).Add(Expr.Alias("two_x", 2.0 * X));

    [TestCase("x + 0", "x")]
    [TestCase("0 + x", "x")]
    [TestCase("x - 0", "x")]
    [TestCase("0 - x", "-x")]
    [TestCase("x - x", "0")]
    [TestCase("(x + y) - (x + y)", "0")]
    [TestCase("x * 1", "x")]
    [TestCase("1 * x", "x")]
    [TestCase("x * 0", "0")]
    [TestCase("x * -1", "-x")]
    [TestCase("x * 3", "3 * x")]
    [TestCase("x * x", "x^2")]
    [TestCase("0 / x", "0")]
    [TestCase("x / 1", "x")]
    [TestCase("x / -1", "-x")]
    [TestCase("sin(x) / sin(x)", "1")]
    [TestCase("x^1", "x")]
    [TestCase("x^0", "1")]
    [TestCase("1^x", "1")]
    [TestCase("(-x)^2", "x^2")]
    [TestCase("(-x)^3", "(-x)^3")]
    [TestCase("--x", "x")]
    [TestCase("-(x - y)", "y - x")]
    [TestCase("-(2 * x)", "-2 * x")]
    [TestCase("-(2 / x)", "-2 / x")]
    [TestCase("x - (-y)", "x + y")]
    [TestCase("x + (-y)", "x - y")]
    [TestCase("-x + y", "y - x")]
    [TestCase("x + -2", "x - 2")]
    [TestCase("x - -2", "x + 2")]
    [TestCase("-x * -y", "x * y")]
    [TestCase("-x * y", "-(x * y)")]
    [TestCase("2 * -x", "-2 * x")]
    [TestCase("-x / y", "-(x / y)")]
    [TestCase("abs(-abs(x))", "abs(x)")]
    [TestCase("min(x, x)", "x")]
    [TestCase("2 * 3 + sin(0) - mod(7, 4)", "3")]
    [TestCase("drag(0.5) * x", "x")]
    [TestCase("select(true, x, y)", "x")]
    [TestCase("select(1 > 2 | x < y & true, x, y)", "select(x < y, x, y)")]
    [TestCase("select(x < y, y + 0, y)", "y")]
    [TestCase("linear(0, 1, x)", "x")]
    [TestCase("linear(-1, 2, x, 0, y)", "2 * x - 1")]
    [TestCase("linear(3, 0, x)", "3")]
    [TestCase("linear(0, 2, x + 0, 3, y)", "linear(0, 2, x, 3, y)")]
    [TestCase("two_x - 2 * x", "0")]
    [TestCase("1 / 0", "1 / 0")]
    [TestCase("(x + 1) + 2", "x + 1 + 2")]
    public void An_expression_becomes_its_simple_form(string text, string simple) => Assert.That(
        Simplifier.Simplify(ExprParser.ParseExpression(text, Scope)).ToString(), Is.EqualTo(simple));

    [TestCase("x < y & true", "x < y")]
    [TestCase("x < y | true", "true")]
    [TestCase("x < y & 2 <= 1", "false")]
    [TestCase("!!(x < y)", "x < y")]
    [TestCase("!false", "true")]
    [TestCase("x < y | x < y", "x < y")]
    [TestCase("crosses(x - 0)", "crosses(x)")]
    [TestCase("x + 0 < nan", "x < nan")]
    [TestCase("1 < nan", "1 < nan")]
    public void A_condition_becomes_its_simple_form(string text, string simple) => Assert.That(
        Simplifier.Simplify(ExprParser.ParseCondition(text, Scope)).ToString(), Is.EqualTo(simple));

    [Test]
    public void Aliases_stay_when_asked()
    {
        Expr e = ExprParser.ParseExpression("two_x + 0", Scope);
        Assert.That(Simplifier.Simplify(e).ToString(), Is.EqualTo("2 * x"));
        Assert.That(Simplifier.Simplify(e, keepAliases: true).ToString(), Is.EqualTo("two_x"));
    }

    [Test]
    public void What_is_simple_already_is_the_same_object()
    {
        Expr e = Expr.Sin(X + Y) * Expr.Select(X < Y, X, 2.0 * Y);
        Assert.That(Simplifier.Simplify(e), Is.SameAs(e));
    }

    [Test]
    public void Finite_values_stay_the_same_doubles([Range(1, 60)] int seed)
    {
        var random = new RandomExpressions(seed) { AvoidBranchCut = true };
        int finite = 0;
        for (int i = 0; i < 60; i++)
        {
            Expr e = random.Next(depth: 2 + (i % 5));
            Expr simple = Simplifier.Simplify(e, keepAliases: i % 2 == 0);
            for (int k = 0; k < 5; k++)
            {
                (double, double[], double[]) point = random.Point();
                double before = random.Evaluate(e, point);
                if (double.IsFinite(before))
                {
                    finite++;
                    Assert.That(random.Evaluate(simple, point), Is.EqualTo(before), $"{e}\nbecame\n{simple}");
                }
            }
        }

        Assert.That(finite, Is.GreaterThan(50), "the test would say nothing");
    }

    [Test]
    public void Simplifying_twice_changes_nothing_more([Range(1, 20)] int seed)
    {
        var random = new RandomExpressions(seed);
        for (int i = 0; i < 50; i++)
        {
            Expr once = Simplifier.Simplify(random.Next(depth: 5));
            Assert.That(Simplifier.Simplify(once), Is.EqualTo(once));
        }
    }
}
