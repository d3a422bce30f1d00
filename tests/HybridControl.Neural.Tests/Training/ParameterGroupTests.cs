using HybridControl.Diagnostics;
using HybridControl.Neural.Layers;
using HybridControl.Neural.Tests.TestKit;
using HybridControl.Neural.Training;

namespace HybridControl.Neural.Tests.Training;

public class ParameterGroupTests
{
    [Test]
    public void Groups_scale_the_rate_set_the_decay_and_freeze()
    {
        var parameters = new ParameterSet();
        parameters.Add("ssm.A_log", 1, 1);
        parameters.Add("ssm.out_proj.weight", 1, 1);
        parameters.Add("head.weight", 1, 1);
        parameters.Values.Fill(2.0);
        AdamWState state = new AdamW { WeightDecay = 0.5 }.Start(
            parameters, [new("head.*") { IsFrozen = true }, .. ParameterGroup.StateSpace(0.1)]);
        state.Step(parameters.Values, [1.0, 1.0, 1.0], 0.1);
        Assert.That(parameters.Values.ToArray(), Is.EqualTo(new[] { 2.0 - 0.01, 2.0 - 0.1 - 0.1, 2.0 }).Within(1e-8));
    }

    [Test]
    public void Gradient_of_frozen_parameters_does_not_count_for_clipping()
    {
        double[] After(bool frozen)
        {
            (ParameterSet parameters, Curve task) = Start();
            ParameterGroup[] groups = frozen ? [new("net.*") { IsFrozen = true }] : [new("net.*") { RateFactor = 0.0, WeightDecay = 0.0 }];

            // A large epsilon makes the length of a step follow that of the gradient.
            new Trainer { Iterations = 1, ClipNorm = 1e-3, Optimizer = new AdamW { Epsilon = 1.0 }, Groups = [.. groups] }.Run(task, parameters);
            return parameters.Values.ToArray();
        }

        double[] start = Start().Parameters.Values.ToArray();
        double[] frozen = After(frozen: true);
        double[] slow = After(frozen: false);
        int weights = 24;
        Assert.Multiple(() =>
        {
            Assert.That(frozen[..weights], Is.EqualTo(start[..weights]));
            Assert.That(slow[..weights], Is.EqualTo(start[..weights]));
            Assert.That(Moved(frozen), Is.GreaterThan(1.01 * Moved(slow)));
        });

        double Moved(double[] values) => values.Zip(start, (a, b) => Math.Abs(a - b)).Sum();

        static (ParameterSet Parameters, Curve Task) Start()
        {
            (ParameterSet parameters, Curve task) = Curve.Start();
            parameters.ValuesOf(parameters.Find("head.weight")!).Fill(0.5); // zero weights would let nothing reach the layer below
            return (parameters, task);
        }
    }

    [Test]
    public void Groups_that_cannot_be_meant_are_refused_together()
    {
        (ParameterSet parameters, Curve task) = Curve.Start();
        var trainer = new Trainer { Groups = [new("net.*") { RateFactor = double.NaN }, new("head.*") { WeightDecay = -1.0 }], CheckpointEvery = 5 };
        Assert.That(Assert.Throws<ModelException>(() => trainer.Run(task, parameters)).Findings, Has.Length.EqualTo(3));
        var fault = Assert.Throws<ModelException>(
            () => new Trainer { Groups = [.. ParameterGroup.StateSpace()] }.Run(task, parameters));
        Assert.That(fault.Message, Does.Contain("'*A_log'").And.Contain("net.0.weight"));
    }

    [Test]
    public void Warm_up_rises_along_a_line_and_hands_over()
    {
        var schedule = new WarmupSchedule(3, new CosineSchedule(1.0, 0.2));
        double[] rates = [.. Enumerable.Range(0, 104).Select(i => schedule.At(i, 104))];
        Assert.Multiple(() =>
        {
            Assert.That(rates[..4], Is.EqualTo(new[] { 0.25, 0.5, 0.75, 1.0 }).Within(1e-15));
            Assert.That(rates[53], Is.EqualTo(0.6).Within(1e-15));
            Assert.That(rates[103], Is.EqualTo(0.2).Within(1e-15));
            Assert.That(new ConstantRate(0.3).At(7, 9), Is.EqualTo(0.3));
        });
    }
}
