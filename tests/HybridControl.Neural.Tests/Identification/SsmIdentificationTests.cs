using System.Collections.Immutable;
using System.Numerics;
using HybridControl.Diagnostics;
using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Explanation;
using HybridControl.Neural.Identification;
using HybridControl.Neural.Tests.TestKit;
using HybridControl.Neural.Training;
using HybridControl.Numerics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Neural.Tests.Identification;

public class SsmIdentificationTests
{
    [Test]
    public void Poles_of_an_oscillator_are_recovered_to_one_percent_from_noisy_data([Range(1, 5)] int seed)
    {
        var truth = new KnownOscillator(2.0, 0.1) { Noise = 0.3 };
        SsmFit fit = new SsmIdentification { Order = 2 }.Fit(truth.Simulate(2000, (ulong)seed));
        ModeSummary mode = fit.Model.ToPlant().Summaries().Single();
        Assert.Multiple(() =>
        {
            Assert.That(fit.Training.Status, Is.EqualTo(TrainingStatus.Completed));
            Assert.That(Complex.Abs(mode.Pole - truth.Pole), Is.LessThan(0.01 * Complex.Abs(truth.Pole)));
            Assert.That(mode.NaturalFrequency, Is.EqualTo(2.0).Within(1).Percent);
            Assert.That(mode.Damping, Is.EqualTo(0.1).Within(10).Percent);
            Assert.That(fit.HeldOut!.FreeRun.Error[0], Is.EqualTo(0.3).Within(10).Percent);
        });
    }

    [Test]
    public void Data_without_noise_give_order_poles_and_matrices_of_the_system_itself()
    {
        var truth = new KnownOscillator(2.0, 0.1) { MeasuresSpeed = true };
        SsmFit fit = new SsmIdentification { Trainer = Brief }.Fit(truth.Simulate(300, 1));
        LinearModel matrices = fit.Model.ToPlant().ToReal();
        Assert.Multiple(() =>
        {
            Assert.That(fit.Model.Order, Is.EqualTo(2));
            Assert.That(Complex.Abs(fit.Model.Poles[0] - truth.Pole), Is.LessThan(1e-5));
            Assert.That(fit.HeldOut!.FreeRun.Fit, Has.All.GreaterThan(99.99));
            Assert.That(matrices.D, Has.All.EqualTo(0.0).Within(1e-4)); // a force moves nothing at once

            // Markov parameters of the continuous system do not depend on its coordinates: C B = (0, w^2), C A B = (w^2, ...).
            Assert.That(Markov(matrices, 0), Is.EqualTo(new[] { 0.0, 4.0 }).Within(1e-3));
            Assert.That(Markov(matrices, 1)[0], Is.EqualTo(4.0).Within(1e-3));
        });
    }

    [Test]
    public void Plant_with_inputs_from_their_sample_on_gives_the_outputs_of_the_layer()
    {
        SsmModel model = new SsmIdentification { Order = 3, Trainer = Brief }.Fit(Noisy.Simulate(300, 2)).Model;
        ImmutableArray<double> u = [.. Noisy.Simulate(60, 3).Runs[0].Inputs.Select(value => value - model.InputCenter[0])];
        ModalModel plant = model.ToPlant();
        ModalRecurrence recurrence = plant.Discretize(model.SamplePeriod);
        double[] layer = model.ToLayer().Discretize(model.SamplePeriod).Run(u.AsSpan());
        var x = new Complex[plant.Modes];
        SsmFilter filter = model.Start();
        double[] y = new double[1];
        for (int k = 0; k < u.Length; k++)
        {
            double expected = plant.D[0] * u[k];
            for (int i = 0; i < x.Length; i++)
            {
                expected += 2.0 * (plant.C[i] * x[i]).Real;
            }

            recurrence.Advance([u[k]], x);
            filter.Predict([u[k] + model.InputCenter[0]], y);
            Assert.That(y[0] - model.OutputCenter[0], Is.EqualTo(expected).Within(1e-9));
            Assert.That(layer[k], Is.EqualTo(expected).Within(1e-9));
        }
    }

    [Test]
    public void Real_poles_of_a_plant_with_two_inputs_and_gaps_are_found()
    {
        // Two tanks, 3 s and 0.6 s, each filled by an input of its own; the sum is measured, every fifth sample is missing.
        var draws = new NormalDraws(5, 0);
        (double[] x, double[] decay) = ([0.0, 0.0], [Math.Exp(-0.1 / 3.0), Math.Exp(-0.1 / 0.6)]);
        var inputs = ImmutableArray.CreateBuilder<double>();
        var outputs = ImmutableArray.CreateBuilder<double>();
        for (int k = 0; k < 3000; k++)
        {
            double[] u = [5.0 + Math.Sign(draws.Next()), draws.Next()];
            inputs.AddRange(u);
            outputs.Add(k % 5 == 3 ? double.NaN : 20.0 + x[0] + (2.0 * x[1]) + (0.02 * draws.Next()));
            x = [.. x.Select((value, i) => (decay[i] * value) + ((1.0 - decay[i]) * u[i]))];
        }

        var data = new IdentificationData(["a", "b"], ["level"], 0.1, [new("tanks", inputs.ToImmutable(), outputs.ToImmutable())]);
        SsmFit fit = new SsmIdentification { Order = 2 }.Fit(data);
        double[] constants = [.. fit.Model.Poles.Select(pole => -1.0 / pole.Real).Order()];
        Assert.Multiple(() =>
        {
            Assert.That(fit.Model.Poles.Select(pole => pole.Imaginary), Has.All.Zero);
            Assert.That(constants, Is.EqualTo(new[] { 0.6, 3.0 }).Within(5).Percent);
            Assert.That(fit.HeldOut!.OneStep.Error[0], Is.EqualTo(0.02).Within(15).Percent);
        });
    }

    [Test]
    public void Gain_of_a_disturbed_system_makes_one_step_better_than_free_run()
    {
        var truth = new KnownOscillator(2.0, 0.1) { Noise = 0.02, Disturbance = 0.5 };
        SsmFit fit = new SsmIdentification { Order = 2 }.Fit(truth.Simulate(1500, 4));
        Assert.Multiple(() =>
        {
            Assert.That(fit.HeldOut!.OneStep.Error[0], Is.LessThan(0.3 * fit.HeldOut.FreeRun.Error[0]));
            Assert.That(Complex.Abs(fit.Model.Poles[0] - truth.Pole), Is.LessThan(0.1));
            Assert.That(Math.Sqrt(fit.Model.InnovationCovariance[0]), Is.EqualTo(fit.HeldOut.OneStep.Error[0]).Within(15).Percent);
        });
    }

    [Test]
    public void Gradient_of_every_loss_equals_differences([Values(0, 1, 2)] int part)
    {
        IdentificationData source = (Noisy with { MeasuresSpeed = true }).Simulate(40, 6, runs: 2);
        source = source with { Runs = [source.Runs[0] with { Outputs = source.Runs[0].Outputs.SetItem(8, double.NaN) }, source.Runs[1]] };
        var findings = new FindingList();
        ModalData data = ModalData.Of(source, 0.2, findings);
        PhysicsTerm? physics = PhysicsTerm.Of(new(PhysicalOscillator.Model(2.0, 0.1), "swing", [source.Runs[0].Inputs]), source, data, findings);
        Assert.That(findings.Count, Is.Zero);
        (ModalSystem start, Complex[][] initial) = ModalStart.Fit(data, [new(-0.05, 0.3), new(-0.4, 0.0)]);
        start.K.AsSpan().Fill(new(0.2, 0.1));
        start.K.AsSpan(2).Fill(0.1);
        var parameters = new ModalParameters(start, initial);
        var task = new SsmTask(data, parameters, new SsmLoss { Prediction = part == 0 ? 1 : 0, Innovation = part == 1 ? 1 : 0, Physics = part == 2 ? 1 : 0 }, physics);
        var tape = new Tape();
        double Loss(double[] gradient) => task.Accumulate(tape, 0, 1, 0, gradient).Loss;
        var gradient = new double[parameters.Set.Length];
        Loss(gradient);
        for (int i = 0; i < gradient.Length; i++)
        {
            double at = parameters.Set.Values[i];
            double Difference(double h)
            {
                parameters.Set.Values[i] = at + h;
                double above = Loss(new double[gradient.Length]);
                parameters.Set.Values[i] = at - h;
                double below = Loss(new double[gradient.Length]);
                parameters.Set.Values[i] = at;
                return (above - below) / (2.0 * h);
            }

            double expected = ((4.0 * Difference(5e-5)) - Difference(1e-4)) / 3.0;
            string name = parameters.Set.Parameters.Last(parameter => parameter.Offset <= i).Name;
            Assert.That(gradient[i], Is.EqualTo(expected).Within(1e-6 * Math.Max(1.0, Math.Abs(expected))), name);
        }

        Assert.That(gradient.Count(entry => entry != 0.0), Is.GreaterThan(part switch { 0 => 20, 1 => 25, _ => 10 }));
    }

    [Test]
    public void Physics_of_a_mode_improves_what_scarce_data_give()
    {
        double plain = 0.0;
        double informed = 0.0;
        var truth = new KnownOscillator(2.0, 0.1) { Noise = 0.3, MeasuresSpeed = true };
        ImmutableArray<double> scenario = truth.Simulate(150, 99).Runs[0].Inputs;
        for (ulong seed = 1; seed <= 5; seed++)
        {
            IdentificationData scarce = truth.Simulate(30, seed);
            IdentificationData fresh = (truth with { Noise = 0.0 }).Simulate(400, 100 + seed);
            var identification = new SsmIdentification { HeldOut = 0.0 };
            ModePhysics physics = new(PhysicalOscillator.Model(2.06, 0.1), "swing", [scenario]); // three percent too stiff
            double before = (identification with { Order = 2 }).Fit(scarce).Model.Evaluate(fresh).FreeRun.Error[0];
            double after = (identification with { Physics = physics }).Fit(scarce).Model.Evaluate(fresh).FreeRun.Error[0];
            plain += before;
            informed += after;
        }

        Assert.That(informed, Is.LessThan(0.5 * plain));
    }

    [Test]
    public void Changed_system_is_flagged_and_the_same_is_not()
    {
        var truth = new KnownOscillator(2.0, 0.1) { Noise = 0.1 };
        SsmModel model = new SsmIdentification { Order = 2 }.Fit(truth.Simulate(1500, 7)).Model;
        AnomalyScore same = model.Score(truth.Simulate(800, 8));
        AnomalyScore softer = model.Score((truth with { Frequency = 1.8 }).Simulate(800, 8));
        Assert.Multiple(() =>
        {
            Assert.That(same.Mean, Is.EqualTo(1.0).Within(0.15));
            Assert.That(same.FirstAlarm(1e-5), Is.EqualTo(-1));
            Assert.That(softer.FirstAlarm(1e-5), Is.Not.EqualTo(-1));
            Assert.That(softer.Mean, Is.GreaterThan(2.0 * same.Mean));
            Assert.That(same.Limit(0.05), Is.EqualTo(3.841458820694124).Within(1e-9));
        });
    }

    [Test]
    public void Stopped_identification_resumes_to_the_same_bits()
    {
        string path = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"{Guid.NewGuid():N}.safetensors");
        IdentificationData data = Noisy.Simulate(200, 9);
        var trainer = new Trainer { Iterations = 40 };
        SsmFit whole = new SsmIdentification { Order = 2, Trainer = trainer }.Fit(data);
        using var source = new CancellationTokenSource();
        SsmFit stopped = new SsmIdentification
        {
            Order = 2,
            Trainer = trainer with { CheckpointPath = path, Progress = (iteration, _) => (iteration == 11 ? source : null)?.Cancel() },
        }.Fit(data, source.Token);
        SsmFit resumed = new SsmIdentification { Order = 2, Trainer = trainer with { ResumeFrom = TrainingCheckpoint.Load(path) } }.Fit(data);
        File.Delete(path);
        Assert.Multiple(() =>
        {
            Assert.That(stopped.Training.Status, Is.EqualTo(TrainingStatus.Cancelled));
            Assert.That(resumed.Model.Poles, Is.EqualTo(whole.Model.Poles));
            Assert.That(resumed.Model.InnovationCovariance, Is.EqualTo(whole.Model.InnovationCovariance));
            Assert.That(resumed.Training.Losses, Is.EqualTo(whole.Training.Losses));
        });
    }

    [Test]
    public void Filter_allocates_nothing_after_start()
    {
        SsmFilter filter = new SsmIdentification { Order = 2, Trainer = Brief }.Fit(Noisy.Simulate(200, 9)).Model.Start();
        double[] y = new double[1];
        Allocations.None(() =>
        {
            filter.Predict([1.0], y);
            filter.Correct(y);
        });
    }

    [Test]
    public void Short_data_begin_from_spread_frequencies()
    {
        SsmFit fit = new SsmIdentification { Order = 2, HeldOut = 0.0 }.Fit(Noisy.Simulate(11, 3));
        Assert.Multiple(() =>
        {
            Assert.That(fit.SingularValues, Is.Empty);
            Assert.That(fit.HeldOut, Is.Null);
            Assert.That(fit.Training.BestLoss, Is.LessThan(fit.Training.Losses[0]));
        });
    }

    [Test]
    public void Everything_wrong_with_settings_and_data_is_said_at_once()
    {
        var data = new IdentificationData(["u"], ["y"], 0.0, [new("a", [1.0, double.NaN], [1.0, 2.0]), new("b", [1.0], [1.0, 2.0])]);
        var identification = new SsmIdentification { Order = 0, HeldOut = 1.5, Loss = new SsmLoss { Prediction = -1.0 }, InitialPoles = [new(1.0, 0.0)] };
        var fault = Assert.Throws<ModelException>(() => identification.Fit(data));
        Assert.That(fault.Findings.Select(finding => finding.Where), Is.EqualTo(new[]
        {
            "data.samplePeriod", "a", "b", "identification.order", "identification.heldOut", "identification.loss", "identification.order",
            "identification.initialPoles",
        }));
    }

    [Test]
    public void Input_that_never_changes_and_too_few_rows_are_refused()
    {
        var still = new IdentificationData(["u"], ["y"], 1.0, [new("a", [1.0, 1.0, 1.0, 1.0], [1.0, 2.0, 3.0, 2.0])]);
        Assert.That(() => new SsmIdentification().Fit(still), Throws.TypeOf<ModelException>().With.Message.Contains("input 'u'"));
        IdentificationData few = Noisy.Simulate(9, 1);
        Assert.That(() => new SsmIdentification { Order = 4 }.Fit(few), Throws.TypeOf<ModelException>().With.Message.Contains("too few"));
        var flow = new SsmIdentification { Physics = new(PhysicalOscillator.Model(2.0, 0.1), "swing", []) };
        Assert.That(
            () => flow.Fit(Noisy.Simulate(100, 1)),
            Throws.TypeOf<ModelException>().With.Message.Contains("the state 'v' is not among the outputs").And.Message.Contains("physics.scenarios"));
        var unknown = new SsmIdentification { Physics = new(PhysicalOscillator.Model(2.0, 0.1), "swim", []) };
        Assert.That(() => unknown.Fit(Noisy.Simulate(100, 1)), Throws.TypeOf<ModelException>().With.Message.Contains("swim"));
    }

    [Test]
    public void Data_of_another_period_or_with_other_names_are_not_scored()
    {
        SsmModel model = new SsmIdentification { Order = 2, Trainer = Brief }.Fit(Noisy.Simulate(200, 9)).Model;
        IdentificationData other = (Noisy with { Period = 0.2, MeasuresSpeed = true }).Simulate(50, 1);
        var fault = Assert.Throws<ModelException>(() => model.Score(other));
        Assert.That(fault.Findings, Has.Length.EqualTo(2));
    }

    private static KnownOscillator Noisy => new(2.0, 0.2) { Noise = 0.1 };

    // So short that what is tested is where training begins.
    private static Trainer Brief => new() { Iterations = 1, Rate = new ConstantRate(1e-9) };

    // C A^power B of one input.
    private static double[] Markov(LinearModel model, int power)
    {
        double[] x = [.. model.B];
        for (int i = 0; i < power; i++)
        {
            double[] next = new double[x.Length];
            Dense.MultiplyVector(model.A.AsSpan(), x, next);
            x = next;
        }

        double[] y = new double[model.Outputs];
        Dense.MultiplyVector(model.C.AsSpan(), x, y);
        return y;
    }
}
