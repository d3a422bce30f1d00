using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Stacks;

namespace HybridControl.Neural.InTheLoop;

/// <summary>A stack of sequence layers as a sampled block: at every tick it takes in one sample and gives one output.</summary>
/// <remarks>
/// <para>
/// What the stack remembers belongs to the run, as plain numbers: a snapshot holds it, a restored or forked run goes on from it, and
/// tries of the run between ticks never advance it. The same inputs give the same outputs, bit for bit.
/// </para>
/// <para>
/// <c>output = outputMean + outputScale stack((input - inputMean) / inputScale)</c>, entry by entry, then limited. An input that is not
/// finite gives NaN and leaves the memory. One block may serve runs on several threads; they wait for each other. A tick allocates
/// nothing once started, and copies the memory of the stack twice.
/// </para>
/// </remarks>
/// <example><code>
/// using var controller = new NeuralBlock(stack, period: 0.02) { Minimum = -1, Maximum = 1 };
/// Trajectory run = Scenario.For(model).Sample(controller, from: ["angle", "rate"], to: ["torque"]).Simulate(until: 10);
/// </code></example>
public sealed class NeuralBlock : ISampledBlock, IDisposable
{
    private readonly LayerStack _stack;
    private readonly SequenceState _memory;
    private readonly StreamImage _image;
    private readonly double[] _start;
    private readonly double[] _sample;

    /// <summary>Creates a block.</summary>
    /// <param name="stack">A stack that takes signals; the caller keeps it.</param>
    /// <param name="period">Seconds between ticks.</param>
    /// <param name="longestRun">Most ticks of a run, for stacks with attention that has no window; else it may be 0.</param>
    /// <param name="start">What the stack has seen before a run starts, in its first stream; null for nothing. It is copied.</param>
    /// <exception cref="ModelException">The stack takes tokens, or remembers without end and no longest run is given.</exception>
    public NeuralBlock(LayerStack stack, double period, int longestRun = 0, SequenceState? start = null)
    {
        ArgumentNullException.ThrowIfNull(stack);
        if (stack.Description.Vocabulary > 0)
        {
            throw new ModelException("NeuralBlock", "the stack takes tokens, not signals", "Take a stack that was trained on samples.");
        }

        (_stack, Period) = (stack, period);
        InputCount = stack.Description.Signals > 0 ? stack.Description.Signals : stack.Description.Width;
        int seen = start is null ? 0 : (int)Math.Min(start.PositionOf(0), int.MaxValue);
        _image = new(stack.StateLayout, longestRun == 0 ? 0 : checked(longestRun + seen + stack.Description.MetaTokens));
        _memory = stack.NewState();
        _start = new double[_image.Length];
        _sample = new double[InputCount];
        if (start is not null)
        {
            _memory.CopyStream(start, 0, 0);
        }

        _image.Read(_memory, _start);
    }

    /// <inheritdoc/>
    public double Period { get; }

    /// <inheritdoc/>
    public int InputCount { get; }

    /// <inheritdoc/>
    public int OutputCount => _stack.Outputs;

    /// <inheritdoc/>
    public int StateCount => _image.Length;

    /// <summary>Subtracted from each input; empty for zeros.</summary>
    public ImmutableArray<double> InputMean { get; init; } = [];

    /// <summary>Divides each input; empty for ones.</summary>
    public ImmutableArray<double> InputScale { get; init; } = [];

    /// <summary>Added to each output; empty for zeros.</summary>
    public ImmutableArray<double> OutputMean { get; init; } = [];

    /// <summary>Multiplies each output; empty for ones.</summary>
    public ImmutableArray<double> OutputScale { get; init; } = [];

    /// <summary>Smallest output.</summary>
    public double Minimum { get; init; } = double.NegativeInfinity;

    /// <summary>Largest output.</summary>
    public double Maximum { get; init; } = double.PositiveInfinity;

    /// <inheritdoc/>
    /// <exception cref="ModelException">Means, scales or limits do not fit the stack; with every finding.</exception>
    public void Initialize(Span<double> state)
    {
        var findings = new FindingList();
        CheckNumbers(findings, nameof(InputMean), InputMean, InputCount, isScale: false);
        CheckNumbers(findings, nameof(InputScale), InputScale, InputCount, isScale: true);
        CheckNumbers(findings, nameof(OutputMean), OutputMean, OutputCount, isScale: false);
        CheckNumbers(findings, nameof(OutputScale), OutputScale, OutputCount, isScale: false);
        if (!(Minimum <= Maximum))
        {
            findings.Error("NeuralBlock, limits", FormattableString.Invariant($"{Minimum} to {Maximum}"), "Give a minimum below the maximum.");
        }

        if (findings.Count > 0)
        {
            throw new ModelException(findings.ToImmutable());
        }

        _start.CopyTo(state);
    }

    /// <inheritdoc/>
    public void Update(double time, ReadOnlySpan<double> inputs, Span<double> state, Span<double> outputs)
    {
        lock (_stack)
        {
            for (int i = 0; i < _sample.Length; i++)
            {
                double centered = inputs[i] - (InputMean.IsEmpty ? 0.0 : InputMean[i]);
                _sample[i] = centered / (InputScale.IsEmpty ? 1.0 : InputScale[i]);
                if (!double.IsFinite(_sample[i]))
                {
                    outputs.Fill(double.NaN);
                    return;
                }
            }

            _image.CheckRoom(state, state[0] == 0.0 ? 1 + _stack.Description.MetaTokens : 1);
            _image.Write(state, _memory);
            _stack.Scan(_sample, 1, _memory, outputs);
            _image.Read(_memory, state);
        }

        for (int i = 0; i < outputs.Length; i++)
        {
            double value = ((OutputScale.IsEmpty ? 1.0 : OutputScale[i]) * outputs[i]) + (OutputMean.IsEmpty ? 0.0 : OutputMean[i]);
            outputs[i] = Math.Clamp(value, Minimum, Maximum);
        }
    }

    /// <summary>Gives back the working memory; the stack stays.</summary>
    public void Dispose() => _memory.Dispose();

    private static void CheckNumbers(FindingList findings, string name, ImmutableArray<double> values, int count, bool isScale)
    {
        if (!values.IsEmpty && values.Length != count)
        {
            findings.Error($"NeuralBlock, {name}", FormattableString.Invariant($"{values.Length} numbers for {count} channels"), "Give one for each, or none.");
        }

        if (values.Any(value => !double.IsFinite(value) || (isScale && value == 0.0)))
        {
            findings.Error($"NeuralBlock, {name}", "a number is not finite, or a divisor is zero", "Give finite numbers.");
        }
    }
}
