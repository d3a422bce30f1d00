using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Identification;
using HybridControl.Neural.Tests.TestKit;
using HybridControl.Neural.Training;
using HybridControl.Simulation;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Neural.Tests.Identification;

public class ResidualIdentificationTests
{
    private const double Period = 0.1;

    [Test]
    public void Learned_residual_halves_the_one_step_error_of_a_wrong_model([Range(1, 5)] int seed)
    {
        ResidualFit fit = new ResidualIdentification { Corrected = ["v"], Seed = (ulong)seed }.Fit(Wrong(), "swing", Measured(600, (ulong)seed));
        Assert.Multiple(() =>
        {
            Assert.That(fit.Training.Status, Is.EqualTo(TrainingStatus.Completed));
            Assert.That(fit.After[1], Is.LessThan(0.5 * fit.Before[1]));
            Assert.That(fit.Inputs, Is.EqualTo(new[] { "x", "v", "u" }));
        });
    }

    [Test]
    public void Term_in_the_flow_of_the_mode_follows_the_truth()
    {
        ResidualFit fit = new ResidualIdentification { Corrected = ["v"] }.Fit(Wrong(), "swing", Measured(600, 1));
        double before = Distance(Wrong());
        double after = Distance(HybridAutomaton.Build("mended", h =>
        {
            (Expr x, Expr v, Expr u) = (h.State("x", 0.8), h.State("v", 0.0), h.Input("u", 0.5));
            h.Mode("swing").Flow((x, v), (v, (3.0 * (u - x)) - (0.8 * v) + fit.Term.ToExpressions(x, v, u)[0]));
        }));
        Assert.That(after, Is.LessThan(0.5 * before));
    }

    [Test]
    public void Same_seed_gives_the_same_bits_for_any_number_of_threads()
    {
        double[] Losses(int threads) =>
        [
            .. new ResidualIdentification { Seed = 3, Trainer = new Trainer { Iterations = 5, ShardSize = 16, Threads = threads } }
                .Fit(Wrong(), "swing", Measured(80, 3)).Training.Losses,
        ];
        Assert.That(Losses(1), Is.EqualTo(Losses(3)));
    }

    [Test]
    public void Flow_on_a_tape_has_the_derivative_of_the_flow()
    {
        var flow = new FlowOnTape(new ModeFlow(Cubic(), "swing"), 0.0, [0.3, -0.2, 0.9]);
        Assert.That(Gradients.LargestError((tape, inputs) => tape.Map(flow, inputs[0]), [new Shape(3, 2, 1)], 5), Is.LessThan(1e-8));
    }

    [Test]
    public void Gaps_are_left_out_and_what_does_not_fit_is_said_at_once()
    {
        IdentificationData data = Measured(80, 2);
        ImmutableArray<double> gaps = [.. data.Runs[0].Outputs.Select((value, i) => i % 40 == 7 ? double.NaN : value)];
        ResidualFit fit = new ResidualIdentification { Trainer = new Trainer { Iterations = 3 } }.Fit(
            Wrong(), "swing", data with { Runs = [data.Runs[0] with { Outputs = gaps }] });
        Assert.That(fit.Training.Losses, Has.All.Matches<double>(double.IsFinite));

        var settings = new ResidualIdentification { Hidden = [], Horizon = 0, HeldOut = -1.0 };
        Assert.That(Assert.Throws<ModelException>(() => settings.Fit(Wrong(), "swing", data))!.Findings, Has.Length.EqualTo(3));
        var names = new ResidualIdentification { Corrected = ["w"] };
        var fault = Assert.Throws<ModelException>(() => names.Fit(Wrong(), "swing", data with { OutputNames = ["x", "speed"] }));
        Assert.That(fault.Message, Does.Contain("'v' is not among the outputs").And.Contain("unknown state 'w'"));
        Assert.That(
            () => new ResidualIdentification { Horizon = 90 }.Fit(Wrong(), "swing", data),
            Throws.TypeOf<ModelException>().With.Message.Contains("91 rows"));
        Assert.That(() => new ResidualIdentification().Fit(Wrong(), "swim", data), Throws.TypeOf<ModelException>().With.Message.Contains("swim"));
    }

    private static HybridAutomaton Wrong() => HybridAutomaton.Build("wrong", h =>
    {
        (Expr x, Expr v, Expr u) = (h.State("x", 0.8), h.State("v", 0.0), h.Input("u", 0.5));
        h.Mode("swing").Flow((x, v), (v, (3.0 * (u - x)) - (0.8 * v)));
    });

    private static HybridAutomaton Cubic() => HybridAutomaton.Build("cubic", h =>
    {
        (Expr x, Expr v, Expr u) = (h.State("x", 0.8), h.State("v", 0.0), h.Input("u", 0.5));
        h.Mode("swing").Flow((x, v), (v, (4.0 * (u - x)) - (2.0 * x * x * x) - (0.8 * v) - (0.3 * Expr.Tanh(4.0 * v))));
    });

    private static double Distance(HybridAutomaton model)
    {
        Trajectory run = model.Simulate(until: 5.0);
        Trajectory truth = Cubic().Simulate(until: 5.0);
        return Enumerable.Range(1, 50).Max(k => Math.Abs(run.Value("x", 0.1 * k) - truth.Value("x", 0.1 * k)));
    }

    // The cubic spring with friction, driven by an input that jumps at random, its states measured with a little noise.
    private static IdentificationData Measured(int rows, ulong seed)
    {
        var draws = new NormalDraws(seed, 0);
        var flow = new ModeFlow(Cubic(), "swing");
        double[] x = [0.5 * draws.Next(), 0.5 * draws.Next()];
        double u = 0.0;
        var inputs = ImmutableArray.CreateBuilder<double>();
        var outputs = ImmutableArray.CreateBuilder<double>();
        for (int k = 0; k < rows; k++)
        {
            u = k % 5 == 0 ? Math.Clamp(draws.Next(), -1.2, 1.2) : u;
            inputs.Add(u);
            outputs.AddRange(x.Select(value => value + (0.005 * draws.Next())));
            for (int i = 0; i < 20; i++)
            {
                x = Step(flow, x, u, Period / 20.0);
            }
        }

        return new(["u"], ["x", "v"], Period, [new("spring", inputs.ToImmutable(), outputs.ToImmutable())]);
    }

    private static double[] Step(ModeFlow flow, double[] x, double u, double h)
    {
        double[] Rate(double[] at)
        {
            var f = new double[2];
            flow.Evaluate(0.0, at, [u], f, new double[4]);
            return f;
        }

        double[] Move(double[] rate, double by) => [x[0] + (by * rate[0]), x[1] + (by * rate[1])];
        (double[] a, double[] _) = (Rate(x), x);
        double[] b = Rate(Move(a, 0.5 * h));
        double[] c = Rate(Move(b, 0.5 * h));
        double[] d = Rate(Move(c, h));
        return [.. x.Select((value, i) => value + (h / 6.0 * (a[i] + (2.0 * b[i]) + (2.0 * c[i]) + d[i])))];
    }
}
