using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;
using HybridControl.Diagnostics;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Stacks;

/// <summary>A sequence model that is ready to run: tokens or signals in, logits or signals out.</summary>
/// <remarks>
/// Made by <see cref="StackBuilder"/>. Holds parameters and working memory, no sequence: that is the <see cref="SequenceState"/>. One
/// thread at a time. Scanning in pieces, down to one token, gives the same numbers up to rounding.
/// </remarks>
public sealed class LayerStack : IDisposable
{
    private const int MostFindings = 10;
    private const int RowsAtOnce = 1 << 14;

    private readonly ParameterLoader _parameters;
    private readonly StateLayout _layout;
    private readonly Weight? _embedding;
    private readonly Linear? _encoder;
    private readonly TensorView _meta;
    private readonly RowNorm? _norm;
    private readonly Linear? _head;
    private readonly Workspace _workspace;
    private readonly Workspace _tables;
    private readonly ForwardPass _pass;
    private int[] _ids = [];

    internal LayerStack(
        StackDescription description, ParameterLoader parameters, StateLayout layout, Weight? embedding, Linear? encoder, TensorView meta,
        IReadOnlyList<StackLayer> layers, RowNorm? norm, Linear? head)
    {
        (Description, _parameters, _layout, _embedding, _encoder, _meta, _norm, _head) =
            (description, parameters, layout, embedding, encoder, meta, norm, head);
        Layers = [.. layers];
        _workspace = new(Backend);
        _tables = new(Backend);
        _pass = new(Backend, _workspace, _tables);
    }

    /// <summary>What it is made of.</summary>
    public StackDescription Description { get; }

    /// <summary>Where it runs.</summary>
    public ITensorBackend Backend => _parameters.Backend;

    /// <summary>Its layers.</summary>
    public ImmutableArray<StackLayer> Layers { get; }

    /// <summary>What it remembers of each stream.</summary>
    public StateLayout StateLayout => _layout;

    /// <summary>Numbers that come out for each token.</summary>
    public int Outputs => _head?.Outputs ?? Description.Width;

    /// <summary>Numbers that are learned.</summary>
    public long ParameterCount => _parameters.Count;

    /// <summary>Bytes of the parameters.</summary>
    public long ParameterBytes => _parameters.Bytes;

    /// <summary>Bytes of the memory on the way, so far.</summary>
    public long WorkspaceBytes => _workspace.Bytes + _tables.Bytes;

    /// <summary>A state that has seen nothing.</summary>
    /// <param name="streams">Sequences side by side.</param>
    /// <param name="memoryLimit">Most bytes that it may take.</param>
    public SequenceState NewState(int streams = 1, long memoryLimit = long.MaxValue) => new(_layout, Backend, streams, memoryLimit);

    /// <summary>Takes in tokens.</summary>
    /// <param name="tokens">Stream after stream, as many for each.</param>
    /// <param name="streams">Streams, from <see cref="ScanOptions.FirstStream"/> of the state on.</param>
    /// <param name="state">What was seen before; holds these tokens afterwards.</param>
    /// <param name="outputs">Receives a row for each token, or for each stream with <see cref="ScanOptions.LastOnly"/>; empty for none.</param>
    /// <param name="options">How.</param>
    /// <exception cref="ModelException">A token is out of range, or the state has no room; nothing was taken in.</exception>
    public void Scan(ReadOnlySpan<int> tokens, int streams, SequenceState state, Span<float> outputs, ScanOptions? options = null) =>
        ScanTokens(tokens, streams, state, outputs, options);

    /// <inheritdoc cref="Scan(ReadOnlySpan{int}, int, SequenceState, Span{float}, ScanOptions?)"/>
    public void Scan(ReadOnlySpan<int> tokens, int streams, SequenceState state, Span<double> outputs, ScanOptions? options = null) =>
        ScanTokens(tokens, streams, state, outputs, options);

    private void ScanTokens<T>(ReadOnlySpan<int> tokens, int streams, SequenceState state, Span<T> outputs, ScanOptions? options)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (_embedding is null)
        {
            throw new ModelException("input", "the stack takes signals, not tokens", "Give it samples of its input.");
        }

        options ??= ScanOptions.Default;
        int length = Begin(tokens.Length, 1, streams, state, outputs.Length, options);
        CheckTokens(tokens);
        int most = PieceOf(options, streams);
        for (int at = 0; at < length; at += most)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            var piece = new SequenceShape(streams, Math.Min(most, length - at));
            ReadOnlySpan<int> ids = Collect(tokens, length, at, piece);
            using Workspace.Scope scope = Start(state, piece, options);
            TensorView h = _workspace.Rent(piece.Rows, Description.Width);
            Backend.GatherRows(_embedding, ids, Description.EncoderScale, h);
            Finish(state, h, length, at, outputs, options);
        }
    }

    /// <summary>Takes in samples of a signal.</summary>
    /// <param name="samples">Stream after stream, sample after sample.</param>
    /// <param name="streams">Streams, from <see cref="ScanOptions.FirstStream"/> of the state on.</param>
    /// <param name="state">What was seen before; holds these samples afterwards.</param>
    /// <param name="outputs">Receives a row for each sample, or for each stream with <see cref="ScanOptions.LastOnly"/>; empty for none.</param>
    /// <param name="options">How.</param>
    /// <exception cref="ModelException">A sample is not finite, or the state has no room; nothing was taken in.</exception>
    public void Scan(ReadOnlySpan<float> samples, int streams, SequenceState state, Span<float> outputs, ScanOptions? options = null) =>
        ScanSamples(samples, streams, state, outputs, options);

    /// <inheritdoc cref="Scan(ReadOnlySpan{float}, int, SequenceState, Span{float}, ScanOptions?)"/>
    public void Scan(ReadOnlySpan<double> samples, int streams, SequenceState state, Span<double> outputs, ScanOptions? options = null) =>
        ScanSamples(samples, streams, state, outputs, options);

    private void ScanSamples<T>(ReadOnlySpan<T> samples, int streams, SequenceState state, Span<T> outputs, ScanOptions? options)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int width = _encoder?.Inputs ?? (Description.Vocabulary > 0
            ? throw new ModelException("input", "the stack takes tokens, not signals", "Give it token ids.")
            : Description.Width);
        options ??= ScanOptions.Default;
        int length = Begin(samples.Length, width, streams, state, outputs.Length, options);
        CheckSamples(samples, width);
        int most = PieceOf(options, streams);
        for (int at = 0; at < length; at += most)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            var piece = new SequenceShape(streams, Math.Min(most, length - at));
            using Workspace.Scope scope = Start(state, piece, options);
            TensorView h = _workspace.Rent(piece.Rows, Description.Width);
            TensorView input = _encoder is null ? h : _workspace.Rent(piece.Rows, width);
            for (int s = 0; s < streams; s++)
            {
                Upload(samples.Slice(((s * length) + at) * width, piece.Length * width), input.RowsAt(s * piece.Length, piece.Length));
            }

            if (_encoder is not null)
            {
                Backend.MatMul(input, _encoder.Weight, _encoder.Bias, Description.EncoderScale, 0.0, h);
            }

            Finish(state, h, length, at, outputs, options);
        }
    }

    /// <summary>Takes in one token of each stream.</summary>
    /// <param name="tokens">One for each stream of the state.</param>
    /// <param name="state">What was seen before.</param>
    /// <param name="outputs">Receives a row for each stream.</param>
    public void Step(ReadOnlySpan<int> tokens, SequenceState state, Span<float> outputs) => Scan(tokens, tokens.Length, state, outputs);

    /// <inheritdoc/>
    public void Dispose()
    {
        _workspace.Dispose();
        _tables.Dispose();
        _parameters.Release();
    }

    private int Begin(int numbers, int width, int streams, SequenceState state, int outputs, ScanOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(streams, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Piece, 1, nameof(options));
        if (options.FirstStream < 0 || options.FirstStream + streams > state.Streams)
        {
            throw new ArgumentException($"The state has {state.Streams} streams, not {options.FirstStream + streams}.", nameof(streams));
        }

        if (!ReferenceEquals(state.Layout, _layout))
        {
            throw new ArgumentException("The state belongs to another stack.", nameof(state));
        }

        if (numbers % (streams * width) != 0)
        {
            throw new ModelException("input", $"{numbers} numbers do not make whole samples of {width} for {streams} streams", "Every stream has as many samples.");
        }

        int length = numbers / (streams * width);
        int rows = options.LastOnly ? streams : streams * length;
        if (outputs != 0 && outputs != rows * Outputs)
        {
            throw new ArgumentException($"{rows} rows of {Outputs} outputs need room for {rows * Outputs} numbers, not {outputs}.", nameof(outputs));
        }

        state.CheckRoom(length + Description.MetaTokens);
        return length;
    }

    /// <summary>Tokens of a stream at once: fewer where there are many streams, so that memory on the way and the time to a stop stay bounded.</summary>
    private static int PieceOf(ScanOptions options, int streams) => Math.Clamp(RowsAtOnce / streams, 1, options.Piece);

    private Workspace.Scope Start(SequenceState state, SequenceShape piece, ScanOptions options)
    {
        for (int s = options.FirstStream; s < options.FirstStream + piece.Streams && Description.MetaTokens > 0; s++)
        {
            if (state.PositionOf(s) == 0)
            {
                TakeMeta(state, s, options);
            }
        }

        Workspace.Scope scope = _workspace.Open();
        _pass.Begin(state, options.FirstStream, piece, options.Observer);
        return scope;
    }

    /// <summary>The learned tokens stand before the first token of a stream.</summary>
    private void TakeMeta(SequenceState state, int stream, ScanOptions options)
    {
        using Workspace.Scope scope = _workspace.Open();
        _pass.Begin(state, stream, new(1, Description.MetaTokens), options.Observer);
        TensorView h = _workspace.Rent(Description.MetaTokens, Description.Width);
        Backend.Copy(_meta, h);
        Run(h);
        state.Advance(stream, 1, Description.MetaTokens);
    }

    private void Run(TensorView h)
    {
        TensorView embedding = _workspace.Rent(h.Rows, h.Columns);
        Backend.Copy(h, embedding);
        _pass.Embedding = embedding;
        foreach (StackLayer layer in Layers)
        {
            _pass.Show(layer.Name, "input", h);
            _pass.Observer?.Entering(layer.Name);
            foreach (ResidualBlock block in layer.Blocks)
            {
                block.Apply(_pass, h);
            }

            _pass.Observer?.Leaving(layer.Name);
        }

        _norm?.Apply(Backend, h, h);
        _pass.Show("norm", "output", h);
    }

    private void Finish<T>(SequenceState state, TensorView h, int length, int at, Span<T> outputs, ScanOptions options)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        SequenceShape piece = _pass.Shape;
        Run(h);
        state.Advance(options.FirstStream, piece.Streams, piece.Length);
        if (!outputs.IsEmpty && (!options.LastOnly || at + piece.Length == length))
        {
            _pass.Observer?.Entering("head");
            if (piece.Length == length && (!options.LastOnly || length == 1))
            {
                Give(h, outputs);
            }
            else
            {
                for (int s = 0; s < piece.Streams; s++)
                {
                    int count = options.LastOnly ? 1 : piece.Length;
                    int target = options.LastOnly ? s : (s * length) + at;
                    Give(h.RowsAt(((s + 1) * piece.Length) - count, count), outputs.Slice(target * Outputs, count * Outputs));
                }
            }

            _pass.Observer?.Leaving("head");
        }

        options.Progress?.Report(at + piece.Length);
    }

    private void Give<T>(TensorView rows, Span<T> outputs)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using Workspace.Scope scope = _workspace.Open();
        TensorView result = rows;
        if (_head is not null)
        {
            result = _workspace.Rent(rows.Rows, Outputs);
            Backend.MatMul(rows, _head.Weight, _head.Bias, Description.HeadScale, 0.0, result);
        }

        if (typeof(T) == typeof(float))
        {
            Backend.Download(result, MemoryMarshal.Cast<T, float>(outputs));
        }
        else
        {
            Backend.Download(result, MemoryMarshal.Cast<T, double>(outputs));
        }
    }

    private void Upload<T>(ReadOnlySpan<T> values, TensorView target)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            Backend.Upload(MemoryMarshal.Cast<T, float>(values), target);
        }
        else
        {
            Backend.Upload(MemoryMarshal.Cast<T, double>(values), target);
        }
    }

    private ReadOnlySpan<int> Collect(ReadOnlySpan<int> tokens, int length, int at, SequenceShape piece)
    {
        if (piece.Length == length)
        {
            return tokens;
        }

        if (_ids.Length < piece.Rows)
        {
            _ids = new int[piece.Rows];
        }

        for (int s = 0; s < piece.Streams; s++)
        {
            tokens.Slice((s * length) + at, piece.Length).CopyTo(_ids.AsSpan(s * piece.Length));
        }

        return _ids.AsSpan(0, piece.Rows);
    }

    private void CheckTokens(ReadOnlySpan<int> tokens)
    {
        FindingList? findings = null;
        for (int i = 0; i < tokens.Length && (findings?.Count ?? 0) < MostFindings; i++)
        {
            if ((uint)tokens[i] >= (uint)Description.Vocabulary)
            {
                findings ??= new();
                findings.Error($"tokens[{i}]", $"{tokens[i]} is not a token", $"Tokens are 0 to {Description.Vocabulary - 1}.");
            }
        }

        if (findings is not null)
        {
            throw new ModelException(findings.ToImmutable());
        }
    }

    private static void CheckSamples<T>(ReadOnlySpan<T> samples, int width)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int i = 0; i < samples.Length; i++)
        {
            if (!T.IsFinite(samples[i]))
            {
                throw new ModelException($"samples[{i / width}], signal {i % width}", "it is not finite", "Fill or leave out missing samples.");
            }
        }
    }
}
