using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Symbolics;

public sealed class ExprGraphTests
{
    private const int Deep = 100_000;
    private static readonly Expr X = Expr.Variable(VariableKind.State, "x");
    private static readonly Expr Y = Expr.Variable(VariableKind.State, "y");

    private static IEnumerable<TestCaseData> DeepExpressions()
    {
        yield return new TestCaseData(() => Chain(X, e => e + X)).SetArgDisplayNames("left-leaning sum");
        yield return new TestCaseData(() => Chain(X, e => X + e)).SetArgDisplayNames("right-leaning sum");
        yield return new TestCaseData(() => Chain(X, e => -e)).SetArgDisplayNames("signs");
        yield return new TestCaseData(() => Chain(X, e => Expr.Cos(e))).SetArgDisplayNames("cosines");
        yield return new TestCaseData(() => Chain(X, e => Expr.Select(e < 1.0, e, X))).SetArgDisplayNames("selects");
        yield return new TestCaseData(() => Chain(X, e => e * e)).SetArgDisplayNames("shared squares");
        yield return new TestCaseData(() => Expr.Select(ChainOf(c => c & (X < 1.0)), X, Y)).SetArgDisplayNames("left ands");
        yield return new TestCaseData(() => Expr.Select(ChainOf(c => (X < 1.0) | c), X, Y)).SetArgDisplayNames("right ors");
        yield return new TestCaseData(() => Expr.Select(ChainOf(c => !c), X, Y)).SetArgDisplayNames("nots");
        yield return new TestCaseData(() => ChainOf(c => c & (X < 1.0)).ToGuardFunction()).SetArgDisplayNames("guard");
    }

    [TestCaseSource(nameof(DeepExpressions))]
    public void Depth_does_not_exhaust_the_stack(Func<Expr> build)
    {
        Expr e = build();
        Assert.That(e.Equals(build()), Is.True);
        Assert.That(e.ToString(), Is.Not.Empty);
        Assert.That(Compile(e), Is.Not.NaN);
        Assert.That(Compile(Simplifier.Simplify(e)), Is.EqualTo(Compile(e)));
        Assert.That(() => Compile(Differentiator.Derivative(e, X)), Throws.Nothing);
    }

    [Test]
    public void A_long_sum_reads_back_as_itself()
    {
        Expr e = Chain(X, sum => sum + (2.0 * Y));
        Assert.That(ExprParser.ParseExpression(e.ToString(), new ExprScope().Add(X).Add(Y)), Is.EqualTo(e));
    }

    [Test]
    public void Expressions_built_apart_are_compared_without_unfolding_what_they_share()
    {
        Expr Build(double end)
        {
            Expr e = X + end;
            for (int i = 0; i < 200; i++)
            {
                e = e * e;
            }

            return e;
        }

        Assert.That(Build(1.0).Equals(Build(1.0)), Is.True);
        Assert.That(Build(1.0).Equals(Build(2.0)), Is.False);
    }

    [Test]
    public void Equal_subexpressions_become_one_node()
    {
        var graph = new ExprGraph(Slots());
        int first = graph.Add(Expr.Sin(X * Y) + 1.0);
        int count = graph.Nodes.Count;
        int second = graph.Add(Expr.Sin(X * Y) + 1.0);
        Assert.That(second, Is.EqualTo(first));
        Assert.That(graph.Nodes, Has.Count.EqualTo(count));

        graph.Add(Expr.Sin(X * Y) * 2.0);
        Assert.That(graph.Nodes, Has.Count.EqualTo(count + 2), "the number 2 and the product");
    }

    [Test]
    public void Operands_stand_before_their_users_and_constants_are_folded()
    {
        var graph = new ExprGraph(Slots());
        graph.Add(Expr.Select(X < Y & !(Y > 2.0), X / (Expr.Constant(1.0) / 6.0), Expr.Modulo(Y, 3.0)));
        for (int i = 0; i < graph.Nodes.Count; i++)
        {
            GraphNode node = graph.Nodes[i];
            Assert.That(node.OperandCount < 1 || node.A < i);
            Assert.That(node.OperandCount < 2 || node.B < i);
            Assert.That(node.OperandCount < 3 || node.C < i);
        }

        Assert.That(graph.Nodes.Any(node => node.Op == OpCode.Constant && node.Value == 1.0 / 6.0), Is.True);
    }

    [TestCase("x < 1 & y < 1", 0.0, 0.0, true)]
    [TestCase("x < 1 & y < 1", 1.0, 0.0, false)]
    [TestCase("x < 1 & y < 1", 0.0, 1.0, false)]
    [TestCase("x <= 1 & y >= 1", 1.0, 1.0, true)]
    [TestCase("x < 1 | y < 1", 1.0, 0.0, true)]
    [TestCase("x < 1 | y < 1", 1.0, 1.0, false)]
    [TestCase("!(x < 1 | y < 1) & x > 0", 1.0, 1.0, true)]
    [TestCase("x < 1 & (y < 1 | x > -1) & !(y > 2 & x > 3)", 0.0, 5.0, true)]
    [TestCase("x > 1 | (y > 1 & (x > 0 | y > 3))", 0.0, 2.0, false)]
    [TestCase("crosses(x)", 0.0, 0.0, false)]
    public void A_condition_selects_as_logic_says(string text, double x, double y, bool holds)
    {
        Condition condition = ExprParser.ParseCondition(text, new ExprScope().Add(X).Add(Y));
        double value = ExprProgram.Compile(Slots(), Expr.Select(condition, 1.0, 0.0)).EvaluateScalar(0.0, [x, y], []);
        Assert.That(value, Is.EqualTo(holds ? 1.0 : 0.0));
    }

    [TestCase(Extrapolation.Hold, -1.0, 1.0, 0.0)]
    [TestCase(Extrapolation.Hold, 5.0, -1.0, 0.0)]
    [TestCase(Extrapolation.Linear, -1.0, -1.0, 2.0)]
    [TestCase(Extrapolation.Linear, 5.0, -5.0, -2.0)]
    [TestCase(Extrapolation.Error, -1.0, double.NaN, double.NaN)]
    [TestCase(Extrapolation.Error, 5.0, double.NaN, double.NaN)]
    [TestCase(Extrapolation.Error, 0.0, 1.0, 2.0)]
    [TestCase(Extrapolation.Error, 0.5, 2.0, 2.0)]
    [TestCase(Extrapolation.Error, 1.0, 3.0, -2.0)]
    [TestCase(Extrapolation.Error, 3.0, -1.0, -2.0)]
    [TestCase(Extrapolation.Hold, double.NaN, double.NaN, double.NaN)]
    public void A_table_interpolates_inside_and_keeps_its_rule_outside(
        Extrapolation outside, double x, double value, double slope)
    {
        var table = new LookupCurve("table", [0.0, 1.0, 3.0], [1.0, 3.0, -1.0], outside);
        Expr e = Expr.Lookup(table, X);
        Assert.That(ExprProgram.Compile(Slots(), e).EvaluateScalar(0.0, [x, 0.0], []), Is.EqualTo(value));
        Assert.That(
            ExprProgram.Compile(Slots(), Differentiator.Derivative(e, X)).EvaluateScalar(0.0, [x, 0.0], []),
            Is.EqualTo(slope));
    }

    private static SlotMap Slots()
    {
        var slots = new SlotMap();
        slots.Add(VariableKind.State, "x");
        slots.Add(VariableKind.State, "y");
        return slots;
    }

    private static double Compile(Expr e) => ExprProgram.Compile(Slots(), e).EvaluateScalar(0.0, [0.5, 0.25], []);

    private static Expr Chain(Expr start, Func<Expr, Expr> next)
    {
        Expr e = start;
        for (int i = 0; i < Deep; i++)
        {
            e = next(e);
        }

        return e;
    }

    private static Condition ChainOf(Func<Condition, Condition> next)
    {
        Condition c = X < 1.0;
        for (int i = 0; i < Deep; i++)
        {
            c = next(c);
        }

        return c;
    }
}
