using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Symbolics;

public sealed class ExprPrinterTests
{
    private static readonly Expr X = Expr.Variable(VariableKind.State, "x");
    private static readonly Expr Y = Expr.Variable(VariableKind.State, "y");
    private static readonly Expr K = Expr.Variable(VariableKind.Parameter, "k");

    private static readonly ExprScope Scope =
        new ExprScope().Add(X).Add(Y).Add(K).Add(RandomExpressions.Tables[0]).Add(RandomExpressions.Tables[2]);

    private static IEnumerable<TestCaseData> Spelled()
    {
        yield return new(-K * (X - Y), "-k * (x - y)");
        yield return new(-(K * X), "-(k * x)");
        yield return new(-2.0 * X, "-2 * x");
        yield return new(Expr.Node(Operation.Negate, 2.0), "-(2)");
        yield return new(-(-X), "-(-x)");
        yield return new(X - (Y - K), "x - (y - k)");
        yield return new(X - Y - K, "x - y - k");
        yield return new(X / (Y * K), "x / (y * k)");
        yield return new(X + -2.0, "x + -2");
        yield return new(-Expr.Square(X), "-x^2");
        yield return new(Expr.Square(-X), "(-x)^2");
        yield return new(Expr.Power(-2.0, X), "(-2)^x");
        yield return new(Expr.Power(Expr.Power(X, Y), K), "(x^y)^k");
        yield return new(Expr.Power(X, Expr.Power(Y, K)), "x^y^k");
        yield return new(Expr.Power(X, -Y), "x^-y");
        yield return new(Expr.Power(X, -1.0), "x^-1");
        yield return new(Expr.Constant(1e-5), "1E-05");
        yield return new(Expr.Constant(0.1 + 0.2), "0.30000000000000004");
        yield return new(Expr.Constant(double.NegativeInfinity), "-inf");
        yield return new(Expr.Constant(double.NaN), "nan");
        yield return new(Expr.Select(X < Y, Expr.Time, 1.0), "select(x < y, t, 1)");
        yield return new(Expr.Lookup(RandomExpressions.Tables[0], X), "hold(x)");
        yield return new(Expr.LookupSlope(RandomExpressions.Tables[2], X), "slope('lift curve', x)");
        yield return new(Expr.LinearForm([2.0, -1.0], [X, Y], 0.5), "linear(0.5, 2, x, -1, y)");
    }

    private static IEnumerable<TestCaseData> SpelledConditions()
    {
        yield return new(X < Y & Y < K | X >= 0.0, "x < y & y < k | x >= 0");
        yield return new((X < Y | X > K) & Condition.True, "(x < y | x > k) & true");
        yield return new(X < Y & (X < K & Y < K), "x < y & (x < k & y < k)");
        yield return new(!(X <= Y), "!(x <= y)");
        yield return new(!!Condition.False, "!(!false)");
        yield return new(!Condition.Crosses(X - 3.0), "!crosses(x - 3)");
    }

    [TestCaseSource(nameof(Spelled))]
    public void An_expression_prints_with_as_few_parentheses_as_it_needs(Expr e, string text)
    {
        Assert.That(e.ToString(), Is.EqualTo(text));
        Assert.That(ExprParser.ParseExpression(text, Scope), Is.EqualTo(e));
    }

    [TestCaseSource(nameof(SpelledConditions))]
    public void A_condition_prints_with_as_few_parentheses_as_it_needs(Condition c, string text)
    {
        Assert.That(c.ToString(), Is.EqualTo(text));
        Assert.That(ExprParser.ParseCondition(text, Scope), Is.EqualTo(c));
    }

    [TestCase("T ambient")]
    [TestCase("pi")]
    [TestCase("and")]
    [TestCase("sin")]
    [TestCase("t")]
    [TestCase("it's \\ odd")]
    [TestCase("")]
    [TestCase("2x")]
    [TestCase("tank.level")]
    [TestCase("tank.")]
    [TestCase("θ_1")]
    [TestCase("😀")]
    public void Any_name_reads_back_as_itself(string name)
    {
        var variable = Expr.Variable(VariableKind.State, name);
        Expr e = 1.0 + (2.0 * variable);
        Assert.That(ExprParser.ParseExpression(e.ToString(), new ExprScope().Add(variable)), Is.EqualTo(e));
    }

    [Test]
    public void Random_expressions_read_back_as_themselves([Range(1, 40)] int seed)
    {
        var random = new RandomExpressions(seed);
        for (int i = 0; i < 50; i++)
        {
            Expr e = random.Next(depth: 1 + (i % 7));
            Assert.That(ExprParser.ParseExpression(e.ToString(), random.Scope), Is.EqualTo(e));
        }
    }

    [Test]
    public void Random_conditions_read_back_as_themselves([Range(1, 20)] int seed)
    {
        var random = new RandomExpressions(seed);
        for (int i = 0; i < 50; i++)
        {
            Condition c = random.NextCondition(depth: 1 + (i % 6));
            Assert.That(ExprParser.ParseCondition(c.ToString(), random.Scope), Is.EqualTo(c));
        }
    }

    [Test]
    public void Random_expressions_reach_every_operation_and_kind_of_condition()
    {
        var random = new RandomExpressions(seed: 1);
        var operations = new HashSet<Operation>();
        var kinds = new HashSet<ConditionKind>();
        for (int i = 0; i < 500; i++)
        {
            PostOrder.Visit(random.Next(depth: 5), _ => false, node =>
            {
                _ = node is Expr e ? operations.Add(e.Operation) : kinds.Add(((Condition)node).Kind);
            });
        }

        Assert.That(operations, Is.EquivalentTo(Enum.GetValues<Operation>().Where(operation => !operation.IsDraw())));
        Assert.That(kinds, Is.EquivalentTo(Enum.GetValues<ConditionKind>()));
    }

    [Test]
    public void Text_of_a_heavily_shared_graph_is_cut_off()
    {
        Expr e = X;
        for (int i = 0; i < 100; i++)
        {
            e = e * e;
        }

        Assert.That(e.ToString(), Has.Length.LessThan(ExprPrinter.LongestText + 100).And.EndsWith(" ..."));
    }
}
