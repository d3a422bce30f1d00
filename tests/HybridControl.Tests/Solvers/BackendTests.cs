using HybridControl.Dynamics;
using HybridControl.Numerics;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Symbolics.Emission;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Solvers;

/// <summary>Emitted code against the interpreter and against the plain step.</summary>
public class BackendTests
{
    [Test]
    public void Emitted_functions_equal_the_interpreter_bit_for_bit()
    {
        const int expressions = 300;
        var random = new RandomExpressions(71);
        int compared = 0;
        for (int draw = 0; draw < expressions; draw++)
        {
            Expr e = random.Next(6);
            var graph = new ExprGraph(random.Slots);
            var program = new ExprProgram(graph, [graph.Add(e)]);
            var emitter = new FunctionEmitter("random", graph);
            (string value, string ball, string jet) =
                (emitter.AddPoint(program, typeof(double)), emitter.AddPoint(program, typeof(Ball)), emitter.AddPoint(program, typeof(Jet)));
            emitter.Bake();
            var onDoubles = emitter.Bind<PointFunction<double>>(value);
            var onBalls = emitter.Bind<PointFunction<Ball>>(ball);
            var onJets = emitter.Bind<PointFunction<Jet>>(jet);
            for (int point = 0; point < 5; point++)
            {
                (double time, double[] states, double[] data) = random.Point();
                double radius = point * 0.05;
                Ball[] balls = [.. states.Select(x => new Ball(x, radius))];
                Jet[] jets = [.. states.Select(x => new Jet(new(x, radius), new(1.0 - x, radius), new Ball(0.5, radius)))];
                var ballTime = new Ball(time, radius);
                var jetTime = new Jet(ballTime, Ball.Constant(0.5), default);
                Assert.That(Bits(onDoubles(time, ref states[0], ref data[0])), Is.EqualTo(Bits(random.Evaluate(e, (time, states, data)))), e.ToString());
                Assert.That(Bits(onBalls(ballTime, ref balls[0], ref data[0])), Is.EqualTo(Bits(Interpret(program, ballTime, balls, data))), e.ToString());
                Assert.That(Bits(onJets(jetTime, ref jets[0], ref data[0])), Is.EqualTo(Bits(Interpret(program, jetTime, jets, data))), e.ToString());
                compared++;
            }
        }

        TestContext.Out.WriteLine($"{compared} points on three number types");
    }

    [Test]
    public void Roots_and_quotients_four_at_a_time_equal_the_interpreter_bit_for_bit()
    {
        const int n = 11; // two quartets and three that stand alone
        var slots = new SlotMap();
        Expr[] x = [.. Enumerable.Range(0, n).Select(i => Expr.Variable(VariableKind.State, $"x{i}"))];
        Array.ForEach(x, state => slots.Add(VariableKind.State, state.Name!));
        Expr[] root = [.. x.Select((state, i) => Expr.Sqrt((state * state) + (i * Expr.Time)))];
        OdeFunction function = OdeBench.Compile(
            slots, [.. x.Select((state, i) => (state / (root[i] * (1.0 + root[(i + 1) % n]))) + (1.0 / root[(i + 5) % n]))]);
        var random = new Random(73);
        for (int draw = 0; draw < 50; draw++)
        {
            double[] states = [.. x.Select(_ => random.NextDouble() - 0.5)];
            double[] data = new double[1];
            double[] slopes = new double[n];
            var expected = new Real64[n];
            function.Derivatives(0.3, ref states[0], ref data[0], ref slopes[0]);
            function.Program!.Evaluate(
                new Real64(0.3), [.. states.Select(value => new Real64(value))], data, new Real64[function.Program.RegisterCount], expected);
            Assert.That(slopes.Select(Bits), Is.EqualTo(expected.Select(value => Bits(value.Value))));
        }
    }

    [Test]
    public void The_emitted_step_equals_the_plain_step_within_rounding()
    {
        var random = new RandomExpressions(72);
        ButcherTableau[] tableaus =
        [
            Tableaus.Euler, Tableaus.RungeKutta4, Tableaus.BogackiShampine3, Tableaus.DormandPrince5, Tableaus.Tsitouras5,
            Tableaus.DormandPrince853, Tableaus.Verner9,
        ];
        for (int draw = 0; draw < 60; draw++)
        {
            Expr[] flow = [random.NextSmooth(4), random.NextSmooth(4), draw % 3 == 0 ? Expr.Zero : random.NextSmooth(3)];
            OdeFunction function = OdeBench.Compile(random.Slots, flow);
            foreach (ButcherTableau tableau in tableaus)
            {
                StepFunction whole = WholeStepEmitter.Emit(tableau, function);
                StepFunction span = new SpanStep(tableau, function).Take;
                (double time, double[] states, double[] data) = random.Point();
                double[] first = new double[3 * (tableau.Stages + 1 + tableau.Extra.Length + tableau.D.Length)];
                function.Derivatives(time, ref states[0], ref data[0], ref first[3]);
                double[] second = [.. first];
                const double size = 0.01;
                double a = whole(time, size, ref states[0], ref data[0], ref first[0], 1e-3, 1e-3);
                double b = span(time, size, ref states[0], ref data[0], ref second[0], 1e-3, 1e-3);
                if (tableau.ExtendsDense)
                {
                    WholeDenseEmitter.Emit(tableau, function)(time, size, ref states[0], ref data[0], ref first[0]);
                    new SpanStep(tableau, function).Extend(time, size, ref states[0], ref data[0], ref second[0]);
                }

                for (int i = 0; i < first.Length; i++)
                {
                    Assert.That(first[i], Is.EqualTo(second[i]).Within(1e-11 * Math.Max(1.0, Math.Abs(second[i]))), $"entry {i}");
                }

                // The emitted step counts moving states only.
                int moving = function.Program!.Outputs.ToArray().Count(node =>
                    function.Program.Instructions[node] is not { Op: OpCode.Constant, Value: 0.0 });
                Assert.That(a * moving, Is.EqualTo(b * 3).Within(1e-9 + (1e-6 * Math.Abs(b))));
            }
        }
    }

    private static T Interpret<T>(ExprProgram program, T time, T[] states, double[] data) where T : struct, IReal<T>
    {
        var registers = new T[program.RegisterCount];
        var outputs = new T[1];
        program.Evaluate(time, states, data, registers, outputs);
        return outputs[0];
    }

    // Every NaN is the same NaN.
    private static long Bits(double x) => double.IsNaN(x) ? long.MinValue + 1 : BitConverter.DoubleToInt64Bits(x);

    private static (long, long) Bits(Ball x) => (Bits(x.Centre), Bits(x.Radius));

    private static (long, long, long, long, long, long) Bits(Jet x)
    {
        ((long a, long b), (long c, long d)) = (Bits(x.Value), Bits(x.Slope));
        return (a, b, c, d, Bits(x.HalfCurvature.Centre), Bits(x.HalfCurvature.Radius));
    }
}
