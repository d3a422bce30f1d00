using HybridControl.Diagnostics;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Backends.Cpu;
using HybridControl.Neural.HuggingFace;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Stacks.Sizing;
using HybridControl.Neural.Tests.TestKit;
using HybridControl.Tests.TestKit;

namespace HybridControl.Neural.Tests.Stacks;

public class LayerStackTests
{
    [Test]
    public void Decoding_needs_no_more_memory_with_length_where_every_layer_is_a_state_space()
    {
        using ITensorBackend backend = new SimdBackend<float>();
        using LayerStack stack = Load("mamba2", backend);
        using SequenceState state = stack.NewState(2);
        var logits = new float[2 * stack.Outputs];
        stack.Step([1, 2], state, logits);
        long before = state.Bytes + stack.WorkspaceBytes;
        for (int i = 0; i < 200; i++)
        {
            stack.Step([i % 47, 3], state, logits);
        }

        Assert.That(state.Bytes + stack.WorkspaceBytes, Is.EqualTo(before));
    }

    [TestCase("mamba")]
    [TestCase("mamba2")]
    [TestCase("bamba")]
    [TestCase("hymba")]
    public void Step_allocates_nothing_once_it_has_run(string name)
    {
        using ITensorBackend backend = new SimdBackend<float>(1);
        using LayerStack stack = Load(name, backend);
        using SequenceState state = stack.NewState();
        var logits = new float[stack.Outputs];
        int[] token = [5];
        for (int i = 0; i < 40; i++)
        {
            stack.Step(token, state, logits);
        }

        Allocations.None(() => stack.Step(token, state, logits));
    }

    [Test]
    public void Rotary_tables_of_past_passes_take_no_memory()
    {
        using ITensorBackend backend = new SimdBackend<float>();
        using LayerStack stack = Load("bamba", backend);
        using SequenceState state = stack.NewState();
        var logits = new float[stack.Outputs];
        stack.Step([1], state, logits);
        long before = stack.WorkspaceBytes;
        for (int i = 0; i < 3000; i++)
        {
            stack.Step([1], state, logits);
        }

        Assert.That(stack.WorkspaceBytes, Is.EqualTo(before));
    }

    [Test]
    public void Cancelled_scan_keeps_the_tokens_that_are_done()
    {
        using ITensorBackend backend = new ScalarBackend<float>();
        using LayerStack stack = Load("mamba", backend);
        using SequenceState state = stack.NewState();
        using var source = new CancellationTokenSource();
        var options = new ScanOptions { Piece = 4, Cancellation = source.Token, Progress = new CancelAt(8, source) };
        int[] tokens = [.. Enumerable.Range(0, 20)];
        Assert.Throws<OperationCanceledException>(() => stack.Scan(tokens, 1, state, Span<float>.Empty, options));
        Assert.That(state.PositionOf(0), Is.EqualTo(8));

        using SequenceState other = stack.NewState();
        var (a, b) = (new double[stack.Outputs], new double[stack.Outputs]);
        stack.Scan(tokens.AsSpan(8, 1), 1, state, a);
        stack.Scan(tokens.AsSpan(0, 9), 1, other, b, new ScanOptions { LastOnly = true });
        Assert.That(GoldenCase.Misfit(a, b, 1e-5), Is.LessThanOrEqualTo(1.0));
    }

    [Test]
    public void Tokens_out_of_range_are_refused_all_at_once_and_change_nothing()
    {
        using ITensorBackend backend = new ScalarBackend<float>();
        using LayerStack stack = Load("mamba", backend);
        using SequenceState state = stack.NewState();
        ModelException fault = Assert.Throws<ModelException>(() => stack.Scan([1, 47, 2, -1], 1, state, Span<float>.Empty))!;
        Assert.That(fault.Findings.Select(finding => finding.Where), Is.EqualTo(new[] { "tokens[1]", "tokens[3]" }));
        Assert.That(state.PositionOf(0), Is.Zero);
    }

    [Test]
    public void Sequence_beyond_the_memory_limit_is_refused_before_anything_is_taken_in()
    {
        using ITensorBackend backend = new ScalarBackend<float>();
        using LayerStack stack = Load("bamba", backend);
        long room = stack.NewState().Bytes;
        using SequenceState state = stack.NewState(1, room + 1000);
        stack.Scan(new int[60], 1, state, Span<float>.Empty);
        ModelException fault = Assert.Throws<ModelException>(() => stack.Scan(new int[60], 1, state, Span<float>.Empty))!;
        Assert.That(fault.Message, Does.Contain("bytes of state").And.Contain("are allowed"));
        Assert.That(state.PositionOf(0), Is.EqualTo(60));
    }

    [Test]
    public void State_of_another_stack_is_refused_with_every_difference()
    {
        using ITensorBackend backend = new ScalarBackend<float>();
        using LayerStack mamba = Load("mamba", backend);
        using LayerStack bamba = Load("bamba", backend);
        using SequenceState state = mamba.NewState();
        using var file = new MemoryStream();
        SequenceStateFile.Save(state, file);
        ModelException fault = Assert.Throws<ModelException>(() => SequenceStateFile.Load(file.ToArray(), bamba, "state"))!;
        Assert.That(fault.Findings, Has.Length.GreaterThan(4));
        Assert.That(fault.Message, Does.Contain("layers.0.mixer.conv").And.Contain("is expected"));
    }

    [Test]
    public void Sizes_from_the_description_are_those_of_the_built_stack()
    {
        using ITensorBackend backend = new ScalarBackend<float>();
        foreach (string name in GoldenStack.Names)
        {
            using LayerStack stack = Load(name, backend);
            StackSizes sizes = StackSizes.Of(stack.Description);
            Assert.That(sizes.Parameters, Is.EqualTo(stack.ParameterCount), name);
            using SequenceState state = stack.NewState();
            long fixedBytes = Enumerable.Range(0, stack.StateLayout.Slots.Count).Where(slot => !stack.StateLayout.Slots[slot].IsCache).Sum(state.BytesOf);
            Assert.That(sizes.StateNumbers * sizeof(float), Is.EqualTo(fixedBytes), name);
        }
    }

    private static LayerStack Load(string name, ITensorBackend backend) => HuggingFaceModel.Load(Path.Combine(GoldenCase.Root, name), backend);

    private sealed class CancelAt(int tokens, CancellationTokenSource source) : IProgress<int>
    {
        public void Report(int value)
        {
            if (value >= tokens)
            {
                source.Cancel();
            }
        }
    }
}
