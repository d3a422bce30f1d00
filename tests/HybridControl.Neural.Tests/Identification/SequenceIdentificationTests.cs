using System.Collections.Immutable;
using System.Numerics;
using HybridControl.Diagnostics;
using HybridControl.Neural.Backends.Cpu;
using HybridControl.Neural.Explanation;
using HybridControl.Neural.Identification;
using HybridControl.Neural.Safetensors;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Training;
using HybridControl.Tests.TestKit;

namespace HybridControl.Neural.Tests.Identification;

public sealed class SequenceIdentificationTests
{
    private string _path = "";

    [SetUp]
    public void Name() => _path = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"{Guid.NewGuid():N}.safetensors");

    [TearDown]
    public void Remove() => File.Delete(_path);

    [Test]
    public void System_survives_a_file_runs_as_a_stack_and_shows_its_layers()
    {
        IdentificationData data = Squared(200, 4);
        SequenceSystem system = new SequenceIdentification { Width = 5, Modes = 3, Trainer = Brief }.Fit(data).System;
        SequenceFile.Save(_path, system);
        SequenceSystem read = SequenceFile.Load(_path);
        double[] expected = [.. system.Foretell(data)[0]];
        Assert.That(read.Foretell(data)[0], Is.EqualTo(expected));

        using var backend = new ScalarBackend<double>();
        using LayerStack stack = StackBuilder.Build(read.Model.Description, read.Model.Trained, backend);
        using SequenceState state = stack.NewState(1);
        double[] u = [.. data.Runs[0].Inputs.Select(value => (value - read.InputCenter[0]) / read.InputScale[0])];
        var y = new double[u.Length];
        stack.Scan(u, 1, state, y);
        Assert.That(y.Select(value => read.OutputCenter[0] + (read.OutputScale[0] * value)), Is.EqualTo(expected).Within(1e-9));
        Assert.That(read.Layer(1).Summaries().Select(mode => mode.TimeConstant).ToArray(), Has.Length.EqualTo(3).And.All.GreaterThan(0.0));
        Assert.That(() => read.Layer(2), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Stack_foretells_a_nonlinear_system_better_than_the_best_linear_one()
    {
        IdentificationData data = Squared(1200, 8);
        OutputScore linear = new SsmIdentification { Order = 4, HeldOut = 0.25 }.Fit(data).HeldOut!.FreeRun;
        OutputScore stack = new SequenceIdentification { Trainer = new SequenceIdentification().Trainer with { Iterations = 200 } }.Fit(data).HeldOut!;
        Assert.That(stack.Error[0], Is.LessThan(0.5 * linear.Error[0]), $"stack {stack.Error[0]}, linear {linear.Error[0]}");
    }

    [Test]
    public void Same_seed_gives_the_same_bits_for_any_number_of_threads_and_over_a_stop()
    {
        IdentificationData data = Squared(100, 5);
        data = data with { Runs = [data.Runs[0], .. Squared(80, 6).Runs, .. Squared(90, 7).Runs] };
        SequenceIdentification identification = new() { Layers = 1, Width = 4, Modes = 2, Trainer = Brief };
        ImmutableArray<double> whole = identification.Fit(data).Training.Losses;
        using var source = new CancellationTokenSource();
        (identification with { Trainer = identification.Trainer with { Threads = 1, CheckpointPath = _path, Progress = (i, _) => (i == 2 ? source : null)?.Cancel() } })
            .Fit(data, source.Token);
        SequenceFit resumed = (identification with { Trainer = identification.Trainer with { ResumeFrom = TrainingCheckpoint.Load(_path) } }).Fit(data);
        Assert.That(resumed.Training.Losses, Is.EqualTo(whole));
    }

    [Test]
    public void What_cannot_be_is_refused_with_every_finding()
    {
        IdentificationData data = Squared(60, 6);
        var settings = new SequenceIdentification { Layers = 0, Width = 0, Modes = 0, WarmUp = -1, HeldOut = 2.0 };
        var fault = Assert.Throws<ModelException>(() => settings.Fit(data));
        Assert.That(fault.Findings, Has.Length.EqualTo(5));
        Assert.That(
            () => new SequenceIdentification { WarmUp = 50 }.Fit(data), Throws.TypeOf<ModelException>().With.Message.Contains("50 rows of warm-up"));
        new SafetensorsWriter().Add("a", [1], [1.0]).Save(_path);
        Assert.That(() => SequenceFile.Load(_path), Throws.TypeOf<ModelException>().With.Message.Contains("no 'ssm_stack'"));
        new SafetensorsWriter().Note("ssm_stack", "[]").Save(_path);
        Assert.That(() => SequenceFile.Load(_path), Throws.TypeOf<ModelException>().With.Message.Contains("not sound JSON"));
        SequenceFile.Save(_path, new SequenceIdentification { Layers = 1, Width = 4, Modes = 2, Trainer = Brief }.Fit(data).System);
        string text = SafetensorsFile.Load(_path).Metadata["ssm_stack"];
        new SafetensorsWriter().Note("ssm_stack", text.Replace("\"modes\":2", "\"modes\":0", StringComparison.Ordinal)).Save(_path);
        Assert.That(() => SequenceFile.Load(_path), Throws.TypeOf<ModelException>().With.Message.Contains("do not fit together"));
        new SafetensorsWriter().Note("ssm_stack", text).Add("other", [1], [1.0]).Save(_path);
        Assert.That(Assert.Throws<ModelException>(() => SequenceFile.Load(_path))!.Findings, Has.Length.GreaterThan(8));
    }

    private static Trainer Brief => new() { Iterations = 4 };

    // x' = u^2 - x, sampled every 0.1 s: to inputs on both sides of zero no linear system answers like this.
    private static IdentificationData Squared(int rows, ulong seed)
    {
        var draws = new NormalDraws(seed, 0);
        (double x, double u) = (0.0, 0.0);
        var inputs = ImmutableArray.CreateBuilder<double>();
        var outputs = ImmutableArray.CreateBuilder<double>();
        double decay = Math.Exp(-0.1);
        for (int k = 0; k < rows; k++)
        {
            u = k % 8 == 0 ? Math.Clamp(draws.Next(), -2.0, 2.0) : u;
            x = (decay * x) + ((1.0 - decay) * u * u);
            inputs.Add(u);
            outputs.Add(k % 9 == 4 ? double.NaN : x + (0.01 * draws.Next()));
        }

        return new(["u"], ["y"], 0.1, [new("squared", inputs.ToImmutable(), outputs.ToImmutable())]);
    }
}
