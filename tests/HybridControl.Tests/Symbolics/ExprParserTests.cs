using HybridControl.Numerics;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Symbolics;

public sealed class ExprParserTests
{
    private static readonly Expr Gravity = Expr.Variable(VariableKind.Parameter, "gravity");
    private static readonly Expr Restitution = Expr.Variable(VariableKind.Parameter, "e");
    private static readonly Expr V = Expr.Variable(VariableKind.State, "v");
    private static readonly Expr Y = Expr.Variable(VariableKind.State, "y");
    private static readonly LookupCurve Drag = new("drag", [0.0, 1.0], [0.0, 2.0]);

    private static readonly ExprScope Scope =
        new ExprScope().Add(Gravity).Add(Restitution).Add(V).Add(Y).Add(Drag)
            .Add(new LookupSurface("map", [0.0, 1.0], [0.0, 1.0], [0.0, 1.0, 2.0, 5.0]));

    [TestCase("2 + 3 * 4", 14.0)]
    [TestCase("2 - 3 - 4", -5.0)]
    [TestCase("24 / 4 / 2", 3.0)]
    [TestCase("2^3^2", 512.0)]
    [TestCase("-2^2", -4.0)]
    [TestCase("(-2)^2", 4.0)]
    [TestCase("2^-1", 0.5)]
    [TestCase("2 * -3", -6.0)]
    [TestCase("+5 - +3", 2.0)]
    [TestCase("--3", 3.0)]
    [TestCase(".5 + 1. + 1e-3 + 1E+1 + 2.5e0", 14.001)]
    [TestCase("pi", Math.PI)]
    [TestCase("-inf", double.NegativeInfinity)]
    [TestCase("min(3, 1, 2) + max(3, 1, 2)", 4.0)]
    [TestCase("mod(-1, 3)", 2.0)]
    [TestCase("atan2(1, -1)", 0.75 * Math.PI)]
    [TestCase("pow(2, 10)", 1024.0)]
    [TestCase("select(1 < 2 and not 3 <= 2, 10, 20)", 10.0)]
    [TestCase("select(1 < 2 && 3 < 2 || !(1 < 2), 10, 20)", 20.0)]
    [TestCase("select(0 <= 0.5 < 1, 10, 20)", 10.0)]
    [TestCase("select(3 > 2 >= 2 > 2, 10, 20)", 20.0)]
    [TestCase("select((1 + 2) < (2 * 2), 10, 20)", 10.0)]
    [TestCase("select(((1 < 2)), 10, 20)", 10.0)]
    [TestCase("select(false | true & false, 10, 20)", 20.0)]
    [TestCase("drag(0.25) + slope(drag, 0.25)", 2.5)]
    [TestCase("map(0.5, 0.25) + slope(map, 1, 0.5, 0.25) + slope(slope(map, 1), 2, 0, 0)", 1.5 + 2.5 + 2.0)]
    [TestCase("linear(1, 2, 3, -4, 5)", -13.0)]
    [TestCase("\t1\n+\r\n1 ", 2.0)]
    public void Text_has_the_value_mathematics_gives_it(string text, double value)
    {
        Expr e = ExprParser.ParseExpression(text, Scope);
        Assert.That(
            ExprProgram.Compile(new SlotMap(), e).EvaluateScalar(0.0, [], []), Is.EqualTo(value).Within(1e-15).Percent);
    }

    [Test]
    public void Text_gives_the_tree_that_the_operators_build()
    {
        Assert.That(ExprParser.ParseExpression("-e * v", Scope), Is.EqualTo(-Restitution * V));
        Assert.That(ExprParser.ParseExpression("v - -2", Scope), Is.EqualTo(V - -2.0));
        Assert.That(ExprParser.ParseExpression("2*v^2 - t", Scope), Is.EqualTo((2.0 * Expr.Square(V)) - Expr.Time));
        Assert.That(ExprParser.ParseExpression("2*e*v", Scope), Is.EqualTo(2.0 * Restitution * V));
        Assert.That(ExprParser.ParseCondition("y <= 0 & v < 0", Scope), Is.EqualTo(Y <= 0.0 & V < 0.0));
        Assert.That(ExprParser.ParseCondition("0 <= y < 1", Scope), Is.EqualTo(0.0 <= Y & Y < 1.0));
        Assert.That(ExprParser.ParseCondition("crosses(y - 3)", Scope), Is.EqualTo(Condition.Crosses(Y - 3.0)));
    }

    [TestCase("", 0, 0, "the text is empty", "Write an expression, for instance -k*x.")]
    [TestCase("   ", 0, 3, "the text is empty", "Write an expression")]
    [TestCase("-gravty", 1, 6, "unknown name 'gravty'", "Did you mean 'gravity'? Known: e, gravity, v, y.")]
    [TestCase("v + sine(y)", 4, 4, "unknown function 'sine'", "Did you mean 'sin'?")]
    [TestCase("ln(y)", 0, 2, "unknown function 'ln'", "The natural logarithm is log(x).")]
    [TestCase("sin + 1", 0, 3, "'sin' is a function and needs arguments", "Write sin(...).")]
    [TestCase("drag * 2", 0, 4, "'drag' is a function and needs arguments", "Write drag(...).")]
    [TestCase("v(y + 1)", 0, 1, "'v' is not a function", "For a product write v*(...).")]
    [TestCase("atan2(y)", 0, 8, "atan2 takes 2 arguments, not 1", "Write atan2(y, x).")]
    [TestCase("1 + sin(y, v)", 4, 9, "sin takes 1 argument, not 2", "Write sin(x).")]
    [TestCase("sin()", 0, 5, "sin takes 1 argument, not 0", "Write sin(x).")]
    [TestCase("select(y > 0, 1)", 0, 16, "select takes 3 arguments, not 2", "Write select(condition, a, b).")]
    [TestCase("slope(drg, y)", 6, 3, "unknown table 'drg'", "Did you mean 'drag'? Known: drag, map.")]
    [TestCase("slope(map, y, y)", 11, 1, "the argument of a table is 1 or 2", "slope(table, 1, x, y)")]
    [TestCase("slope(map, 3, y, y)", 11, 1, "the argument of a table is 1 or 2", "slope(table, 2, x, y)")]
    [TestCase("slope(slope(map, 1), 1, y, y)", 21, 1, "a bilinear table is straight along each argument", "Write 0.")]
    [TestCase("map(y)", 0, 6, "map takes 2 arguments, not 1", "Write map(a, b).")]
    [TestCase("slope(slope y)", 12, 1, "slope needs a table in parentheses", "slope(slope(table), x)")]
    [TestCase("slope(1, y)", 6, 1, "slope needs a table's name first", "Write slope(table, x).")]
    [TestCase("linear(1, 2)", 0, 6, "linear takes a constant and pairs", "Write linear(constant, c1, x1, c2, x2).")]
    [TestCase("linear(1, v, 2)", 10, 1, "linear needs a plain number here", "Write a number")]
    [TestCase("(v + y", 6, 0, "the text ends where ')' is expected for the '(' at character 1", "Add ')'")]
    [TestCase("max(v, y", 8, 0, "the text ends where ')' is expected for the '(' at character 4", "Add ')'")]
    [TestCase("(v, y)", 2, 1, "',' stands where ')' is expected", "Add ')'")]
    [TestCase("v + y)", 5, 1, "')' has no '(' before it", "Remove it")]
    [TestCase("1,5 * v", 1, 1, "',' stands outside a function call", "Write decimals with a point")]
    [TestCase("v +", 3, 0, "the text ends where a number or name is expected", "Complete what follows '+'.")]
    [TestCase("v + * y", 4, 1, "unexpected '*' where a number or name is expected", "Remove it")]
    [TestCase("2v", 1, 1, "an operator is missing before 'v'", "write '*' between them: 2*v.")]
    [TestCase("v (y)", 0, 1, "'v' is not a function", "For a product write v*(...).")]
    [TestCase("(v)(y)", 3, 1, "an operator is missing before '('", "write '*' between them.")]
    [TestCase("v 2", 2, 1, "an operator is missing before '2'", "Put an operator between them.")]
    [TestCase("v !y", 2, 1, "unexpected '!' after the expression", "Put an operator before it.")]
    [TestCase("1e999", 0, 5, "the number is too large for double precision", "write inf for infinity")]
    [TestCase("v ** 2", 2, 2, "'**' is not an operator", "Write powers with '^'.")]
    [TestCase("v % 2", 2, 1, "unexpected character '%'", "mod(a, b)")]
    [TestCase("v > 0 ? 1 : 2", 6, 1, "unexpected character '?'", "select(condition, a, b)")]
    [TestCase("x[1]", 1, 1, "unexpected character '['", "x_1")]
    [TestCase("v − y", 2, 1, "unexpected character '−'", "plain minus")]
    [TestCase("v + 😀", 4, 2, "unexpected character '😀'", "Remove it")]
    [TestCase("v + \u0001", 4, 1, "unexpected character 'U+0001'", "Remove it")]
    [TestCase("'v + y", 0, 6, "the quoted name has no end", "Close it")]
    [TestCase("v = 2", 2, 1, "'=' cannot be used here", "crosses(a - b)")]
    [TestCase("v < y", 0, 5, "this is a condition, but a number is expected", "select(condition, 1, 0)")]
    [TestCase("1 + (v < y)", 4, 7, "'+' needs a number, but this is a condition", "select(condition, 1, 0)")]
    [TestCase("-true", 1, 4, "'-' needs a number, but this is a condition", "select(condition, 1, 0)")]
    [TestCase("sin(v < y)", 4, 5, "'sin' needs a number, but this is a condition", "select(condition, 1, 0)")]
    [TestCase("select(v, 1, 2)", 7, 1, "'select' needs a condition, but this is a number", "x >= 0")]
    public void A_text_that_is_no_expression_gets_a_finding_at_the_place(
        string text, int position, int length, string what, string mend)
    {
        Assert.That(ExprParser.TryParseExpression(text, Scope, out _, out ParseFinding? finding), Is.False);
        Assert.That((finding!.Position, finding.Length), Is.EqualTo((position, length)), finding.ToString());
        Assert.That(finding.What, Does.StartWith(what));
        Assert.That(finding.Mend, Does.Contain(mend));
    }

    [TestCase("v == 3", 2, 2, "'==' cannot be used", "crosses(a - b)")]
    [TestCase("v != 3", 2, 2, "'!=' cannot be used", "crosses(a - b)")]
    [TestCase("v <> 3", 2, 2, "'<>' cannot be used", "crosses(a - b)")]
    [TestCase("v => 3", 2, 2, "'=>' is not an operator", "Write '>='.")]
    [TestCase("v ≤ 3", 2, 1, "unexpected character '≤'", "Write '<='.")]
    [TestCase("v - 3", 0, 5, "this is a number, but a condition is expected", "x >= 0")]
    [TestCase("v > 0 & y", 8, 1, "'&' needs a condition, but this is a number", "x >= 0")]
    [TestCase("!v", 1, 1, "'!' needs a condition, but this is a number", "x >= 0")]
    [TestCase("not v < (y > 1)", 8, 7, "'<' needs a number, but this is a condition", "Join conditions")]
    [TestCase("0 < v > y", 6, 1, "a chain of comparisons changes direction here", "a < b & b > c")]
    [TestCase("v > 0 &", 7, 0, "the text ends", "Complete what follows '&'.")]
    public void A_text_that_is_no_condition_gets_a_finding_at_the_place(
        string text, int position, int length, string what, string mend)
    {
        Assert.That(ExprParser.TryParseCondition(text, Scope, out _, out ParseFinding? finding), Is.False);
        Assert.That((finding!.Position, finding.Length), Is.EqualTo((position, length)), finding.ToString());
        Assert.That(finding.What, Does.StartWith(what));
        Assert.That(finding.Mend, Does.Contain(mend));
    }

    [Test]
    public void The_exception_shows_the_text_with_carets_under_the_place() => Assert.That(
        () => ExprParser.ParseExpression("-gravty * t", Scope),
        Throws.TypeOf<ExprParseException>().With.Message.EqualTo(
            "unknown name 'gravty'. Did you mean 'gravity'? Known: e, gravity, v, y.\n" +
            "  -gravty * t\n" +
            "   ^^^^^^"));

    [Test]
    public void Only_the_line_concerned_is_shown()
    {
        ExprParser.TryParseExpression("v\n\t+ oops\n+ y", Scope, out _, out ParseFinding? finding);
        Assert.That(finding!.Show("v\n\t+ oops\n+ y"), Does.EndWith("\n   + oops\n     ^^^^"));
    }

    [Test]
    public void A_long_line_is_shown_around_the_place_only()
    {
        string text = string.Concat(Enumerable.Repeat("v + ", 1000)) + "oops" + string.Concat(Enumerable.Repeat(" + v", 1000));
        ExprParser.TryParseExpression(text, Scope, out _, out ParseFinding? finding);
        string[] lines = finding!.Show(text).Split('\n');
        Assert.That(lines, Has.Length.EqualTo(3).And.All.Length.LessThan(100));
        Assert.That(lines[1].Substring(lines[2].IndexOf('^', StringComparison.Ordinal), 4), Is.EqualTo("oops"));
    }

    [TestCase("(")]
    [TestCase("sin(")]
    [TestCase("-")]
    [TestCase("!")]
    [TestCase("2^")]
    [TestCase("1 + (2 * ")]
    [TestCase("slope(drag, ")]
    public void Deep_nesting_is_refused_with_a_remedy(string opening)
    {
        string text = string.Concat(Enumerable.Repeat(opening, 100_000));
        ParseFinding? finding = null;
        var small = new Thread(() => ExprParser.TryParseExpression(text, Scope, out _, out finding), 256 * 1024);
        small.Start();
        small.Join();
        Assert.That(finding!.What, Is.EqualTo("the text is nested deeper than 500 levels"));
        Assert.That(finding.Mend, Is.EqualTo("Give a part of it a name of its own."));
    }

    [Test]
    public void Nesting_up_to_the_limit_is_read()
    {
        string text = new string('(', ExprParser.DeepestNesting) + "v" + new string(')', ExprParser.DeepestNesting);
        Assert.That(ExprParser.ParseExpression(text, Scope), Is.EqualTo(V));
        Assert.That(ExprParser.TryParseExpression($"({text})", Scope, out _, out _), Is.False);
    }

    [Test]
    public void No_text_makes_the_parser_throw_anything_but_its_finding([Range(1, 20)] int seed)
    {
        string[] pieces =
        [
            "v", "y", "e", "t", "pi", "inf", "true", "sin", "select", "slope", "linear", "crosses", "drag", "min", "(", "(",
            ")", ")", ",", "+", "-", "*", "/", "^", "<", "<=", ">", ">=", "&", "|", "!", "not ", "and ", "=", "'", "\\", ".",
            "1", "2.5", "1e3", "1e999", " ", "\n", "\0", "#", "é", "\uD83D", "\uDE00", "😀", "_", "a.b", "'q r'",
        ];
        var random = new Random(seed);
        for (int i = 0; i < 2000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(1, 30)).Select(_ => pieces[random.Next(pieces.Length)]));
            if (i % 4 == 0)
            {
                text = string.Concat(Enumerable.Range(0, random.Next(1, 30)).Select(_ => (char)random.Next(0x10000)));
            }

            bool isNumber = ExprParser.TryParseExpression(text, Scope, out Expr? e, out ParseFinding? finding);
            Assert.That(isNumber ? ExprParser.ParseExpression(e!.ToString(), Scope) : e, Is.EqualTo(e));
            bool isTruth = ExprParser.TryParseCondition(text, Scope, out Condition? c, out ParseFinding? other);
            Assert.That(isTruth ? ExprParser.ParseCondition(c!.ToString(), Scope) : c, Is.EqualTo(c));
            Assert.That(isNumber && isTruth, Is.False);
            foreach (ParseFinding fault in new[] { finding, other }.OfType<ParseFinding>())
            {
                Assert.That(fault.Position, Is.InRange(0, text.Length));
                Assert.That(fault.Position + fault.Length, Is.InRange(fault.Position, text.Length));
                Assert.That(fault.What, Is.Not.Empty.And.Not.EndsWith("."));
                Assert.That(fault.Mend, Does.EndWith("."));
                Assert.That(fault.Show(text).Split('\n'), Has.Length.EqualTo(3));
            }
        }
    }

    [Test]
    public void Damaged_expressions_never_throw_anything_but_the_finding([Range(1, 10)] int seed)
    {
        var expressions = new RandomExpressions(seed);
        var random = new Random(seed);
        for (int i = 0; i < 200; i++)
        {
            string text = expressions.Next(depth: 4).ToString();
            int cut = random.Next(text.Length);
            string damaged = text.Remove(cut, random.Next(1, Math.Min(4, text.Length - cut) + 1));
            bool parsed = ExprParser.TryParseExpression(damaged, expressions.Scope, out Expr? e, out ParseFinding? finding);
            Assert.That(parsed, Is.EqualTo(e is not null).And.EqualTo(finding is null));
        }
    }

    [TestCase("t", true)]
    [TestCase("and", true)]
    [TestCase("sin", true)]
    [TestCase("select", true)]
    [TestCase("e", false)]
    [TestCase("T ambient", false)]
    public void Words_of_the_language_are_reserved(string name, bool reserved) =>
        Assert.That(ExprParser.IsReserved(name), Is.EqualTo(reserved));

    [Test]
    public void An_inner_scope_hides_an_outer_one_and_sees_the_rest()
    {
        var inner = new ExprScope(Scope).Add("v", Expr.Alias("v", Y * 2.0));
        Expr e = ExprParser.ParseExpression("v + y + drag(e)", inner);
        Assert.That(e, Is.EqualTo(Expr.Alias("v", Y * 2.0) + Y + Expr.Lookup(Drag, Restitution)));
        Assert.That(inner.Names, Is.EquivalentTo(["v", "gravity", "e", "y"]));
        Assert.That(inner.TableNames, Is.EquivalentTo(["drag", "map"]));
    }
}
