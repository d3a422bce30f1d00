using HybridControl.Neural.Backends.Cpu;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Sequences.Channels;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tensors;
using HybridControl.Neural.Tests.TestKit;
using HybridControl.Tests.TestKit;

namespace HybridControl.Neural.Tests.Sequences.Channels;

public class MixtureOfExpertsTests
{
    private static readonly double[] Logits = [0.0, Math.Log(4.0), Math.Log(2.0), Math.Log(3.0)];

    [Test]
    public void Softmax_over_all_keeps_the_shares_of_the_chosen() =>
        CheckChoice(new(4) { Kind = RouterKind.SoftmaxAll }, [1, 3], [0.4, 0.3]);

    [Test]
    public void Renormalized_weights_sum_to_the_scale() =>
        CheckChoice(new(4) { Kind = RouterKind.SoftmaxAll, Renormalize = true, Scale = 7.0 }, [1, 3], [4.0, 3.0]);

    [Test]
    public void Softmax_over_the_chosen_forgets_the_others() =>
        CheckChoice(new(4) { Kind = RouterKind.SoftmaxChosen }, [1, 3, 2], [4.0 / 9.0, 3.0 / 9.0, 2.0 / 9.0]);

    [Test]
    public void A_bias_chooses_but_does_not_weigh() =>
        CheckChoice(new(4) { Kind = RouterKind.Sigmoid, Bias = [1.0, 0.0, 0.0, 0.0] }, [0, 1], [0.5, 0.8]);

    [Test]
    public void Experts_come_from_the_best_groups() =>
        CheckChoice(new(4) { Kind = RouterKind.Sigmoid, Bias = [0.0, 0.0, 0.2, 0.0], Groups = 2, ChosenGroups = 1 }, [2, 3], [2.0 / 3.0, 0.75]);

    [Test]
    public void Of_equal_experts_the_first_are_taken()
    {
        int[] experts = new int[2];
        new ExpertRouter(3) { Kind = RouterKind.SoftmaxChosen }.Choose([1.0, 1.0, 1.0], experts, new double[2]);
        Assert.That(experts, Is.EqualTo(new[] { 0, 1 }));
    }

    [Test]
    public void An_expert_that_nobody_chose_is_not_run_and_the_others_see_their_tokens_only()
    {
        using var backend = new ScalarBackend<double>();
        using var workspace = new Workspace(backend);
        using var tables = new Workspace(backend);
        using Weight gate = backend.LoadWeight(MatrixSources.Of("gate", [1.0, 0.0, 0.0, 1.0, -1.0, -1.0], 3, 2), WeightFormat.Native);
        CountingExpert[] experts = [new(10.0), new(100.0), new(1000.0)];
        var mixture = new MixtureOfExperts("mlp", new(gate, default), new(3) { Kind = RouterKind.SoftmaxChosen }, 1, experts, null);
        var pass = new ForwardPass(backend, workspace, tables);
        TensorView x = workspace.Rent(3, 2);
        TensorView y = workspace.Rent(3, 2);
        backend.Upload((ReadOnlySpan<double>)[1.0, 0.0, 0.0, 2.0, 3.0, 0.0], x);
        mixture.Scan(pass, x, y);
        var outputs = new double[6];
        backend.Download(y, outputs);
        Assert.That(outputs, Is.EqualTo(new[] { 10.0, 0.0, 0.0, 200.0, 30.0, 0.0 }));
        Assert.That(experts.Select(expert => expert.Tokens), Is.EqualTo(new[] { 2, 1, 0 }));
    }

    [TestCase("experts, sigmoid and groups")]
    [TestCase("attention over a summed-up state")]
    [TestCase("mamba with attention over its steps")]
    [TestCase("heads side by side")]
    public void A_step_allocates_nothing_once_started(string kind)
    {
        using var backend = new SimdBackend<float>(1);
        using LayerStack stack = StackBuilder.Build(RandomStacks.Kinds[kind](new(5)), new RandomParameters(5), backend);
        using SequenceState state = stack.NewState(2);
        float[] samples = [.. RandomLayers.Reals(2 * stack.Description.Width, 5, 1, -1.0, 1.0).Select(value => (float)value)];
        var outputs = new float[samples.Length];
        var options = new ScanOptions();
        Allocations.None(_ => stack.Scan(samples, 2, state, outputs, options), first: 0, warmUp: 8, calls: 20);
    }

    private static void CheckChoice(ExpertRouter router, int[] experts, double[] weights)
    {
        var chosen = new int[experts.Length];
        var shares = new double[experts.Length];
        router.Choose(Logits, chosen, shares);
        Assert.That(chosen, Is.EqualTo(experts));
        Assert.That(shares, Is.EqualTo(weights).Within(1e-12));
    }

    /// <summary>Multiplies, and counts its tokens.</summary>
    private sealed class CountingExpert(double factor) : ISequenceLayer
    {
        public int Inputs => 2;

        public int Outputs => 2;

        public int Tokens { get; private set; }

        public void Scan(ForwardPass pass, TensorView x, TensorView y)
        {
            Tokens += x.Rows;
            pass.Backend.Fill(y, 0.0);
            pass.Backend.AddScaled(x, factor, y);
        }
    }
}
