using HybridControl.Numerics;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Symbolics;

public sealed class DifferentiatorTests
{
    private static readonly Expr X = Expr.Variable(VariableKind.State, "x");
    private static readonly Expr Y = Expr.Variable(VariableKind.State, "y");
    private static readonly LookupCurve Drag = new("drag", [0.0, 1.0, 2.0], [0.0, 2.0, 1.0]);
    private static readonly ExprScope Scope = new ExprScope().Add(X).Add(Y).Add(Drag)
        .Add(new LookupCurve("smooth", [0.0, 1.0, 2.0], [0.0, 2.0, 3.0], Extrapolation.Hold, Interpolation.MonotoneCubic))
        .Add(new LookupSurface("map", [0.0, 1.0], [0.0, 1.0], [0.0, 1.0, 2.0, 5.0]))
        .Add(Expr.Alias("energy", Expr.Square(X) / 2.0)).Add(Expr.Alias("three", 3.0));

    [TestCase("5", "0")]
    [TestCase("y", "0")]
    [TestCase("x", "1")]
    [TestCase("-x", "-1")]
    [TestCase("3 * x + y", "3")]
    [TestCase("y - x", "-1")]
    [TestCase("x * y", "y")]
    [TestCase("x^2", "2 * x")]
    [TestCase("x^three", "3 * x^2")]
    [TestCase("x^y", "y * x^(y - 1)")]
    [TestCase("x / y", "1 / y")]
    [TestCase("exp(x)", "exp(x)")]
    [TestCase("sin(x)", "cos(x)")]
    [TestCase("cos(2 * x)", "-2 * sin(2 * x)")]
    [TestCase("sqrt(x)", "1 / (2 * sqrt(x))")]
    [TestCase("min(x, y)", "select(x <= y, 1, 0)")]
    [TestCase("max(x, y)", "select(x >= y, 1, 0)")]
    [TestCase("abs(x)", "select(x >= 0, 1, -1)")]
    [TestCase("sign(x) + floor(x)", "0")]
    [TestCase("mod(x, 2)", "1")]
    [TestCase("mod(y, x)", "-floor(y / x)")]
    [TestCase("select(x > y, x^2, y)", "select(x > y, 2 * x, 0)")]
    [TestCase("drag(2 * x)", "2 * slope(drag, 2 * x)")]
    [TestCase("slope(drag, x)", "0")]
    [TestCase("smooth(2 * x)", "2 * slope(smooth, 2 * x)")]
    [TestCase("slope(smooth, x)", "slope(slope(smooth), x)")]
    [TestCase("slope(slope(smooth), x)", "slope(slope(slope(smooth)), x)")]
    [TestCase("slope(slope(slope(smooth)), x)", "0")]
    [TestCase("map(x, y)", "slope(map, 1, x, y)")]
    [TestCase("map(y, 3 * x)", "3 * slope(map, 2, y, 3 * x)")]
    [TestCase("map(x, x)", "slope(map, 1, x, x) + slope(map, 2, x, x)")]
    [TestCase("slope(map, 2, x, y)", "slope(slope(map, 1), 2, x, y)")]
    [TestCase("slope(map, 1, x, y)", "0")]
    [TestCase("linear(1, 2, x, 3, y)", "2")]
    [TestCase("linear(1, 2, x^2, 3, y, 4, sin(x))", "linear(0, 2, 2 * x, 4, cos(x))")]
    [TestCase("exp(energy)", "exp(energy) * (2 * x / 2)")]
    public void A_derivative_is_short_and_keeps_names(string text, string derivative) => Assert.That(
        Differentiator.Derivative(ExprParser.ParseExpression(text, Scope), X).ToString(), Is.EqualTo(derivative));

    [TestCase("tan(x)", "1 / cos(x)^2")]
    [TestCase("asin(x)", "1 / sqrt(1 - x^2)")]
    [TestCase("acos(x)", "-1 / sqrt(1 - x^2)")]
    [TestCase("atan(x)", "1 / (1 + x^2)")]
    [TestCase("sinh(x)", "cosh(x)")]
    [TestCase("cosh(x)", "sinh(x)")]
    [TestCase("tanh(x)", "1 - tanh(x)^2")]
    [TestCase("asinh(x)", "1 / sqrt(1 + x^2)")]
    [TestCase("acosh(1 + x)", "1 / sqrt((1 + x)^2 - 1)")]
    [TestCase("atanh(x)", "1 / (1 - x^2)")]
    [TestCase("log(x)", "1 / x")]
    [TestCase("cbrt(x)", "1 / (3 * cbrt(x^2))")]
    [TestCase("cbrt(-x)", "-1 / (3 * cbrt(x^2))")]
    [TestCase("x^x", "x^x * (1 + log(x))")]
    [TestCase("2^x", "2^x * log(2)")]
    [TestCase("x^-2", "-2 / x^3")]
    [TestCase("x^0.5", "0.5 / sqrt(x)")]
    [TestCase("atan2(x, y)", "y / (x^2 + y^2)")]
    [TestCase("atan2(y, x)", "-y / (x^2 + y^2)")]
    [TestCase("atan2(sin(x), cos(x))", "1")]
    [TestCase("hypot(x, y)", "x / sqrt(x^2 + y^2)")]
    [TestCase("hypot(3*x, 4*x)", "5")]
    [TestCase("(x + 1) / (x - y)", "-(1 + y) / (x - y)^2")]
    public void A_derivative_has_the_value_of_the_closed_form(string text, string closedForm)
    {
        Expr derivative = Differentiator.Derivative(ExprParser.ParseExpression(text, Scope), X);
        Expr expected = ExprParser.ParseExpression(closedForm, Scope);
        foreach (double x in new[] { 0.125, 0.3, 0.5, 0.75, 0.9 })
        {
            // A few operations of half an ulp each, amplified by at most 1/(1 - x^2) in the closed forms.
            double value = Value(expected, x, -0.7);
            Assert.That(Value(derivative, x, -0.7), Is.EqualTo(value).Within(1e-14 * Math.Max(1.0, Math.Abs(value))));
        }
    }

    [TestCase("tanh(x)", 400.0, 0.0)]
    [TestCase("asinh(x)", 1e200, 1e-200)]
    [TestCase("atan2(1, x)", 1e200, 0.0)]
    [TestCase("hypot(x, 1e200)", 1e200, 0.70710678118654757)]
    [TestCase("x^(2 + 0*x)", 0.0, 0.0)]
    [TestCase("x^(x + 2)", 0.0, 0.0)]
    [TestCase("x^2", 0.0, 0.0)]
    [TestCase("x^1", 0.0, 1.0)]
    [TestCase("acosh(x)", -2.0, double.NaN)]
    [TestCase("asin(x)", 2.0, double.NaN)]
    public void A_derivative_holds_at_extreme_points(string text, double x, double expected)
    {
        Expr derivative = Differentiator.Derivative(ExprParser.ParseExpression(text, Scope), X);
        Assert.That(Value(derivative, x, 0.0), Is.EqualTo(expected).Within(1e-13).Percent.Or.EqualTo(expected).Within(1e-300));
    }

    [Test]
    public void Derivatives_agree_with_differences_of_high_order([Range(1, 40)] int seed)
    {
        var random = new RandomExpressions(seed);
        for (int i = 0; i < 20; i++)
        {
            Expr e = random.NextSmooth(depth: 1 + (i % 4));
            (double Time, double[] States, double[] Data) point = random.Point();
            foreach (Expr variable in RandomExpressions.Variables)
            {
                double exact = random.Evaluate(Differentiator.Derivative(e, variable), point);
                (double difference, double error) = Differences.Ridders(h => random.Evaluate(e, Shift(random, point, variable, h)));

                // The extrapolation estimates its own error; below 1e-9 rounding of the values takes over.
                double tolerance = (100.0 * error) + (1e-9 * Math.Max(1.0, Math.Abs(exact)));
                Assert.That(exact, Is.EqualTo(difference).Within(tolerance), $"d/d{variable} of {e}");
            }
        }
    }

    [Test]
    public void Second_derivatives_do_not_depend_on_the_order([Range(1, 20)] int seed)
    {
        var random = new RandomExpressions(seed);
        for (int i = 0; i < 20; i++)
        {
            Expr e = random.NextSmooth(depth: 3);
            Expr xy = Differentiator.Derivative(Differentiator.Derivative(e, X), Y);
            Expr yx = Differentiator.Derivative(Differentiator.Derivative(e, Y), X);
            (double, double[], double[]) point = random.Point();
            double value = random.Evaluate(xy, point);

            // Equal in exact arithmetic; sums of some hundred terms of moderate size may cancel.
            Assert.That(random.Evaluate(yx, point), Is.EqualTo(value).Within(1e-9 * Math.Max(1.0, Math.Abs(value))));
        }
    }

    [Test]
    public void Every_operation_has_a_derivative([Range(1, 10)] int seed)
    {
        var random = new RandomExpressions(seed);
        for (int i = 0; i < 100; i++)
        {
            Expr e = random.Next(depth: 5);
            Expr derivative = Differentiator.Derivative(e, X);
            Assert.That(() => random.Evaluate(derivative, random.Point()), Throws.Nothing);
            Assert.That(Simplifier.Simplify(derivative, keepAliases: true), Is.EqualTo(derivative), "results are simple");
        }
    }

    [Test]
    public void A_jacobian_has_a_row_for_each_expression_and_a_column_for_each_variable()
    {
        Expr[] f = [X * Y, Expr.Sin(X), Expr.Constant(1.0)];
        Expr[,] jacobian = Differentiator.Jacobian(f, [X, Y]);
        Assert.That(jacobian, Is.EqualTo(new[,] { { Y, X }, { Expr.Cos(X), Expr.Zero }, { Expr.Zero, Expr.Zero } }));
        Assert.That(Differentiator.Gradient(X * Y, [Y, X, Expr.Time]), Is.EqualTo(new[] { X, Y, Expr.Zero }));
    }

    [Test]
    public void A_jacobian_of_a_long_chain_costs_its_nonzero_entries()
    {
        // 3000 cells coupled to their neighbours: a dense sweep would visit 3000 * 3000 * 5 nodes.
        Expr[] cells = [.. Enumerable.Range(0, 3000).Select(i => Expr.Variable(VariableKind.State, $"c{i}"))];
        Expr[] flow = [.. cells.Select((c, i) => cells[Math.Max(i - 1, 0)] - (2.0 * c) + cells[Math.Min(i + 1, 2999)])];
        Expr[,] jacobian = Differentiator.Jacobian(flow, cells);
        Assert.That(jacobian[5, 5], Is.EqualTo(Expr.Constant(-2.0)));
        Assert.That(jacobian[5, 6], Is.EqualTo(Expr.One));
        Assert.That(jacobian.Cast<Expr>().Count(entry => !ReferenceEquals(entry, Expr.Zero)), Is.EqualTo((3 * 3000) - 2));
    }

    [Test]
    public void Differentiating_by_what_is_not_a_variable_is_refused() => Assert.That(
        () => Differentiator.Derivative(X, X + Y),
        Throws.ArgumentException.With.Message.StartsWith("'x + y' is not a variable."));

    [Test]
    public void The_rate_of_a_guard_along_the_flow_is_its_lie_derivative()
    {
        var v = Expr.Variable(VariableKind.State, "v");
        var g = Expr.Variable(VariableKind.Parameter, "g");
        var flow = new Dictionary<string, Expr> { ["y"] = v, ["v"] = -g };
        Expr floor = Expr.Sin(Expr.Time);
        Expr rate = Differentiator.AlongFlow(floor - Y, flow);
        Assert.That(rate, Is.EqualTo(Expr.Cos(Expr.Time) - v));
        Assert.That(Differentiator.AlongFlow(rate, flow), Is.EqualTo(g - Expr.Sin(Expr.Time)));
        Assert.That(Differentiator.AlongFlow(X * g, flow), Is.EqualTo(Expr.Zero), "what is not in the flow rests");
    }

    [Test]
    public void The_rate_along_a_flow_is_the_gradient_times_the_flow([Range(1, 10)] int seed)
    {
        var random = new RandomExpressions(seed);
        Expr e = random.NextSmooth(depth: 4);
        Expr[] variables = [.. RandomExpressions.Variables.Take(3)];
        Dictionary<string, Expr> flow = variables.ToDictionary(v => v.Name!, _ => random.NextSmooth(depth: 2));
        Expr sum = Differentiator.Derivative(e, Expr.Time);
        Expr[] gradient = Differentiator.Gradient(e, variables);
        for (int i = 0; i < gradient.Length; i++)
        {
            sum = sum + (gradient[i] * flow[variables[i].Name!]);
        }

        (double, double[], double[]) point = random.Point();
        double value = random.Evaluate(sum, point);
        Assert.That(
            random.Evaluate(Differentiator.AlongFlow(e, flow), point),
            Is.EqualTo(value).Within(1e-11 * Math.Max(1.0, Math.Abs(value))));
    }

    private static (double Time, double[] States, double[] Data) Shift(
        RandomExpressions random, (double Time, double[] States, double[] Data) point, Expr variable, double h)
    {
        (double time, double[] states, double[] data) = (point.Time, [.. point.States], [.. point.Data]);
        if (variable.Kind == VariableKind.Time)
        {
            return (time + h, states, data);
        }

        double[] block = variable.Kind == VariableKind.State ? states : data;
        block[random.Slots[variable.Kind, variable.Name!]] += h;
        return (time, states, data);
    }

    private static double Value(Expr e, double x, double y)
    {
        var slots = new SlotMap();
        slots.Add(VariableKind.State, "x");
        slots.Add(VariableKind.State, "y");
        return ExprProgram.Compile(slots, e).EvaluateScalar(0.0, [x, y], []);
    }
}
