using HybridControl.Automata;
using HybridControl.Dynamics;
using HybridControl.Numerics;
using HybridControl.Symbolics;
using HybridControl.Symbolics.Emission;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Dynamics;

public class JacobianFunctionTests
{
    private static readonly double[] Point = [0.7, 1.3e-3, 0.4];
    private static readonly double[] Data = [2.5];

    [Test]
    public void Derivatives_come_from_the_expressions()
    {
        OdeFunction function = Kinetics();
        var jacobian = JacobianFunction.For(function);
        JacobianWork work = jacobian.Start();
        work.Evaluate(0.3, Point, Slopes(function, 0.3), Data);
        Assert.That(jacobian.IsExact, Is.True);
        Assert.That(jacobian.Pattern.Entries(), Is.EqualTo(new[] { (0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (2, 1), (2, 2) }));
        Assert.That(
            work.Values,
            Is.EqualTo(new[]
            {
                -0.04, 1e4 * Point[2], 1e4 * Point[1],
                0.04, -1e4 * Point[2] - 6e7 * Point[1], -1e4 * Point[1],
                6e7 * Point[1], 0.0,
            }).Within(1e-15).Percent);
        double[] rates = new double[3];
        work.TimeDerivative(0.3, Point, Slopes(function, 0.3), Data, rates);
        Assert.That(rates, Is.EqualTo(new[] { 0.0, 0.0, 2.5 * Math.Cos(0.3) }));
        Assert.That(jacobian.DependsOnTime, Is.True);
        Assert.That(work.Evaluations, Is.Zero);
    }

    [Test]
    public void Differences_agree_with_the_expressions()
    {
        OdeFunction function = Kinetics();
        var opaque = new OdeFunction(3, function.Derivatives, null, null);
        JacobianWork exact = JacobianFunction.For(function).Start();
        JacobianWork work = JacobianFunction.For(opaque).Start();
        double[] slopes = Slopes(function, 0.3);
        exact.Evaluate(0.3, Point, slopes, Data);
        work.Evaluate(0.3, Point, slopes, Data);
        Assert.That(work.Evaluations, Is.EqualTo(3));
        double largest = exact.Values.Max(Math.Abs);
        SparsityPattern pattern = JacobianFunction.For(function).Pattern;
        foreach ((int row, int column) in pattern.Entries())
        {
            Assert.That(work.Values[(3 * row) + column], Is.EqualTo(exact.Values[pattern.IndexOf(row, column)]).Within(1e-6 * largest));
        }

        double[] rates = new double[3];
        work.TimeDerivative(0.3, Point, slopes, Data, rates);
        Assert.That(rates, Is.EqualTo(new[] { 0.0, 0.0, 2.5 * Math.Cos(0.3) }).Within(1e-6));
    }

    [Test]
    public void A_band_takes_as_many_differences_as_it_has_diagonals()
    {
        const int N = 50;
        var pattern = SparsityPattern.Banded(N, 1, 1);
        VectorFunction heat = (double _, ref double x, ref double _, ref double f) =>
        {
            ReadOnlySpan<double> from = System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpan(ref x, N);
            Span<double> to = System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref f, N);
            for (int i = 0; i < N; i++)
            {
                to[i] = (i > 0 ? from[i - 1] : 0.0) - (2.0 * from[i]) + (i < N - 1 ? from[i + 1] : 0.0);
            }
        };
        var function = new OdeFunction(N, heat, null, null) { Pattern = pattern };
        JacobianWork work = JacobianFunction.For(function).Start();
        double[] states = [.. Enumerable.Range(0, N).Select(i => Math.Sin(i))];
        double[] slopes = new double[N];
        heat(0.0, ref states[0], ref Data[0], ref slopes[0]);
        work.Evaluate(0.0, states, slopes, Data);
        Assert.That(work.Evaluations, Is.EqualTo(3));
        Assert.That(work.Values, Is.EqualTo(pattern.Entries().Select(e => e.Row == e.Column ? -2.0 : 1.0)).Within(1e-5));
    }

    [Test]
    public void A_given_Jacobian_fills_its_pattern_and_allocates_nothing()
    {
        // Written for the first two of three states: the third is hidden from it.
        static void Write(double time, ref double states, ref double data, MathNet.Numerics.LinearAlgebra.Matrix<double> result) =>
            (result[0, 1], result[1, 0], result[1, 1]) = (time, data * states, 5.0);
        OdeFunction function = Kinetics() with
        {
            Program = null,
            Equations = null,
            Jacobian = (Write, 2),
            Pattern = SparsityPattern.Of(3, [(0, 1), (1, 0)]),
        };
        var jacobian = JacobianFunction.For(function);
        JacobianWork work = jacobian.Start();
        double[] slopes = Slopes(function, 0.3);
        work.Evaluate(0.3, Point, slopes, Data);
        Assert.That(jacobian.Pattern.Entries(), Is.EqualTo(new[] { (0, 0), (0, 1), (1, 0), (1, 1), (2, 2) }));
        Assert.That(work.Values, Is.EqualTo(new[] { 0.0, 0.3, Data[0] * Point[0], 5.0, 0.0 }));
        Assert.That(work.Evaluations, Is.Zero);
        Allocations.None(() => work.Evaluate(0.3, Point, slopes, Data));
    }

    [Test]
    public void A_large_flow_has_the_pattern_of_its_expressions()
    {
        const int N = 700;
        var slots = new SlotMap();
        Expr[] u = [.. Enumerable.Range(0, N).Select(i => Expr.Variable(VariableKind.State, $"u{i}"))];
        Array.ForEach(u, state => slots.Add(VariableKind.State, state.Name!));
        OdeFunction function = OdeBench.Compile(
            slots,
            [.. u.Select((state, i) => (i > 0 ? u[i - 1] : 0.0) - (2.0 * state) + (i < N - 1 ? Expr.Square(u[i + 1]) : 0.0))]);
        var jacobian = JacobianFunction.For(function);
        Assert.That(jacobian.Pattern.Entries(), Is.EqualTo(SparsityPattern.Banded(N, 1, 1).Entries()));
        JacobianWork work = jacobian.Start();
        double[] states = [.. Enumerable.Range(0, N).Select(i => (double)i)];
        work.Evaluate(0.0, states, states, Data);
        Assert.That(
            work.Values,
            Is.EqualTo(jacobian.Pattern.Entries().Select(e => e.Column < e.Row ? 1.0 : e.Column == e.Row ? -2.0 : 2.0 * e.Column)));
    }

    [Test]
    public void Every_operation_is_differentiated_as_it_was_written()
    {
        var slots = new SlotMap();
        slots.Add(VariableKind.State, "x");
        slots.Add(VariableKind.State, "y");
        slots.Add(VariableKind.Parameter, "p");
        var (x, y, p) = (Expr.Variable(VariableKind.State, "x"), Expr.Variable(VariableKind.State, "y"), Expr.Variable(VariableKind.Parameter, "p"));
        Expr[] equations =
        [
            Expr.Select(x > y, Expr.Power(x, p), Expr.Atan2(y, x)) + Expr.Hypot(x, y) + Expr.Abs(y - x),
            Expr.Min(x, y) * Expr.Exp(-p * y) / Expr.Sqrt(x) + Expr.Modulo(y, 0.3) + Expr.Power(x, -3.0),
        ];
        Expr[,] expected = Differentiator.Jacobian(equations, [x, y]);
        JacobianWork work = JacobianFunction.For(OdeBench.Compile(slots, equations)).Start();
        foreach (double[] point in (double[][])[[0.9, 0.4], [0.3, 0.8]])
        {
            work.Evaluate(0.0, point, point, Data);
            Assert.That(
                work.Values,
                Is.EqualTo(expected.Cast<Expr>().Select(e => ExprProgram.Compile(slots, e).EvaluateScalar(0.0, point, Data))).Within(1e-12).Percent);
        }
    }

    [Test]
    public void The_Jacobian_of_a_mode_reads_its_frozen_choices()
    {
        Expr x = Expr.Variable(VariableKind.State, "x");
        var automaton = new HybridAutomaton
        {
            Name = "kinked",
            States = [new StateVariable("x", 1.0)],
            Modes = [new Mode("only", new ExprFlow([new Assignment("x", Expr.Select(x > 0.0, -3.0 * x, 2.0 * x))]), [])],
            InitialMode = "only",
        };
        OdeFunction function = automaton.Compiled.Mode(0).Ode;
        JacobianWork work = JacobianFunction.For(function).Start();
        double[] data = new double[automaton.Compiled.DataCount];
        foreach ((double branch, double slope) in new[] { (1.0, -3.0), (-1.0, 2.0) })
        {
            Array.Fill(data, branch);
            work.Evaluate(0.0, [0.5], [0.0], data);
            Assert.That(work.Values, Is.EqualTo(new[] { slope }));
        }
    }

    [Test]
    public void A_mass_matrix_joins_the_pattern()
    {
        OdeFunction function = Kinetics() with
        {
            Mass = MassMatrix.Constant(3, [(0, 0), (1, 1), (1, 2)], [2.0, 3.0, 4.0]),
        };
        var jacobian = JacobianFunction.For(function);
        double[] values = [.. Enumerable.Repeat(double.NaN, jacobian.Pattern.Count)];
        jacobian.Mass!.Evaluate(Data, values);
        Assert.That(values, Is.EqualTo(new[] { 2.0, 0.0, 0.0, 0.0, 3.0, 4.0, 0.0, 0.0 }));
        Assert.That(Enumerable.Range(0, 3).Select(jacobian.Mass.IsDifferential), Is.EqualTo(new[] { true, true, false }));
    }

    [Test]
    public void A_function_has_one_Jacobian()
    {
        OdeFunction function = Kinetics();
        var first = JacobianFunction.For(function);
        Assert.That(JacobianFunction.For(function), Is.SameAs(first));
        Assert.That(JacobianFunction.For(function with { Pattern = null }), Is.Not.SameAs(first));
    }

    [Test]
    public void Nothing_is_allocated()
    {
        OdeFunction function = Kinetics();
        JacobianWork exact = JacobianFunction.For(function).Start();
        JacobianWork differences = JacobianFunction.For(new OdeFunction(3, function.Derivatives, null, null)).Start();
        double[] slopes = new double[3];
        double[] rates = new double[3];
        Allocations.None(() =>
        {
            exact.Evaluate(0.0, Point, slopes, Data);
            exact.TimeDerivative(0.0, Point, slopes, Data, rates);
            differences.Evaluate(0.0, Point, slopes, Data);
            differences.TimeDerivative(0.0, Point, slopes, Data, rates);
        });
    }

    // Robertson's kinetics, the last equation driven by d0 sin t.
    [TestCase(0.0, 1.0)]
    [TestCase(0.0, -1.0)]
    public void A_slope_over_some_distance_stands_for_an_infinite_derivative(double level, double rate)
    {
        var slots = new SlotMap();
        var x = Expr.Variable(VariableKind.State, "x");
        slots.Add(VariableKind.State, "x");
        OdeFunction function = OdeBench.Compile(slots, rate - Expr.Sqrt(x));
        JacobianWork work = JacobianFunction.For(function).Start();
        work.Evaluate(0.0, [level], [rate], []);
        Assert.That(work.Values[0], Is.InRange(-1e8, -1e3));
        work.Evaluate(0.0, [0.25], [rate - 0.5], []);
        Assert.That(work.Values[0], Is.EqualTo(-1.0));
    }

    private static OdeFunction Kinetics()
    {
        var slots = new SlotMap();
        Expr[] x = [.. Enumerable.Range(0, 3).Select(i => Expr.Variable(VariableKind.State, $"x{i}"))];
        Array.ForEach(x, state => slots.Add(VariableKind.State, state.Name!));
        slots.Add(VariableKind.Parameter, "d");
        Expr slow = 0.04 * x[0];
        Expr middle = 1e4 * x[1] * x[2];
        Expr fast = 3e7 * Expr.Square(x[1]);
        return OdeBench.Compile(
            slots,
            middle - slow, slow - middle - fast, fast + (Expr.Variable(VariableKind.Parameter, "d") * Expr.Sin(Expr.Time)));
    }

    private static double[] Slopes(OdeFunction function, double time)
    {
        double[] slopes = new double[function.Dimension];
        function.Derivatives(time, ref Point[0], ref Data[0], ref slopes[0]);
        return slopes;
    }
}
