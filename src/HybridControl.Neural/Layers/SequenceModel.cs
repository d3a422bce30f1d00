using System.Globalization;
using HybridControl.Diagnostics;
using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Layers.OnTape;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Layers;

/// <summary>A stack of sequence layers that can be trained: the same description, on a <see cref="Tape"/>.</summary>
/// <remarks>
/// <para>
/// Parameters have the names under which <see cref="StackBuilder"/> asks for them, so that <see cref="Trained"/> turns what was learned
/// into a stack that runs, and <see cref="Load"/> takes up what such a stack is built from.
/// </para>
/// <para>
/// S4D, S5, Mamba, Mamba-2, attention, MLP and GLU can be trained; meta tokens, sinks, side paths and other mixers are refused. Forward may be
/// called from several threads, each with a tape of its own, while nobody writes parameters.
/// </para>
/// </remarks>
public sealed class SequenceModel
{
    private readonly Parameter? _embedding;
    private readonly LinearOnTape? _encoder;
    private readonly BlockOnTape[] _blocks;
    private readonly NormOnTape? _norm;
    private readonly Parameter? _head;
    private readonly Parameter? _headBias;

    /// <summary>Makes a model whose parameters are zero.</summary>
    /// <param name="description">What it is made of.</param>
    /// <exception cref="ModelException">Something in the description cannot be trained; carries every finding.</exception>
    public SequenceModel(StackDescription description)
    {
        ArgumentNullException.ThrowIfNull(description);
        Description = description;
        var findings = new FindingList();
        var context = new TapeContext(Parameters, "", description.Width, findings);
        context.Refuse(description.MetaTokens > 0, "a stack with meta tokens");
        _embedding = description.Vocabulary > 0 ? context.Add("embedding", description.Vocabulary, description.Width) : null;
        _encoder = description.Signals > 0 ? new(context, "encoder", description.Width, description.Signals, bias: true) : null;
        _blocks =
        [
            .. description.Layers.SelectMany((layer, i) => layer.Blocks.Select(block =>
                new BlockOnTape(context.Below(string.Create(CultureInfo.InvariantCulture, $"layers.{i}")).Below(block.Name), block))),
        ];
        _norm = description.FinalNorm is null ? null : new(context.Below("norm"), description.FinalNorm, description.Width);
        if (description.Outputs > 0)
        {
            _head = description.TiedHead ? _embedding : context.Add("head.weight", description.Outputs, description.Width);
            _headBias = description.HeadBias ? context.Add("head.bias", 1, description.Outputs) : null;
        }

        if (findings.Count > 0)
        {
            throw new ModelException(findings.ToImmutable());
        }
    }

    /// <summary>What the model is made of.</summary>
    public StackDescription Description { get; }

    /// <summary>All that is learned.</summary>
    public ParameterSet Parameters { get; } = new();

    /// <summary>The parameters as a source for <see cref="StackBuilder"/>. Reads the values of the moment.</summary>
    public IParameterSource Trained => new TrainedParameters(Parameters);

    /// <summary>Draws first values: equal seeds give equal models.</summary>
    /// <remarks>
    /// Layers start as the code of their authors does. The embedding is normal with deviation 0.02, the head uniform within
    /// 1 / sqrt(width), and maps back to the stream are divided by the root of the number of blocks, after GPT-2 (A. Radford et al. 2019,
    /// section 2.3) as in mamba_ssm.
    /// </remarks>
    public void Initialize(ulong seed)
    {
        var start = new Start(Parameters, seed, 1.0 / Math.Sqrt(Math.Max(1, _blocks.Length)));
        start.Normal(_embedding, 0.02);
        _encoder?.Initialize(start);
        foreach (BlockOnTape block in _blocks)
        {
            block.Initialize(start);
        }

        _norm?.Initialize(start);
        double limit = 1.0 / Math.Sqrt(Description.Width);
        start.Uniform(_head == _embedding ? null : _head, limit);
        start.Uniform(_headBias, limit);
    }

    /// <summary>Takes every parameter from a source, such as a checkpoint.</summary>
    /// <exception cref="ModelException">A parameter is missing or has another shape; carries every finding.</exception>
    public void Load(IParameterSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var findings = new FindingList();
        foreach (Parameter parameter in Parameters.Parameters)
        {
            IMatrixSource? matrix = source.Find(parameter.Name, parameter.Rows, parameter.Columns);
            string where = $"{source.Name}, {source.OriginOf(parameter.Name)}";
            string expected = string.Create(CultureInfo.InvariantCulture, $"{parameter.Rows} x {parameter.Columns}");
            if (matrix is null)
            {
                findings.Error(where, $"there is no such tensor; one of {expected} is expected", "Give the checkpoint of this model.");
            }
            else if (matrix.Rows != parameter.Rows || matrix.Columns != parameter.Columns)
            {
                findings.Error(
                    where, string.Create(CultureInfo.InvariantCulture, $"{matrix.Rows} x {matrix.Columns} instead of {expected}"),
                    "Give the checkpoint of this model.");
            }
            else
            {
                for (int row = 0; row < matrix.Rows; row++)
                {
                    matrix.ReadRow(row, Parameters.ValuesOf(parameter).Slice(row * matrix.Columns, matrix.Columns));
                }
            }
        }

        if (findings.Count > 0)
        {
            throw new ModelException(findings.ToImmutable());
        }
    }

    /// <summary>What the head says of sequences of tokens.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="bound">Parameters on that tape.</param>
    /// <param name="tokens">Token k of sequence b at k * batch + b. Not to be changed before the backward pass.</param>
    /// <param name="batch">Number of sequences.</param>
    /// <param name="from">The first row that is wanted: earlier tokens are read but nothing is said of them.</param>
    /// <returns>Rows by outputs; by width, where there is no head.</returns>
    /// <exception cref="InvalidOperationException">The model is fed with signals.</exception>
    /// <exception cref="ArgumentException">Tokens do not fill the batch, or are not in the vocabulary.</exception>
    public Variable Forward(Tape tape, BoundParameters bound, ReadOnlyMemory<int> tokens, int batch, int from = 0)
    {
        ArgumentNullException.ThrowIfNull(tape);
        Parameter table = _embedding ?? throw new InvalidOperationException("The model is fed with signals, not with tokens.");
        return Run(tape, bound, tape.Embed(bound[table], tokens, batch), from);
    }

    /// <summary>What the head says of sequences of signals.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="bound">Parameters on that tape.</param>
    /// <param name="signals">Rows by signals; by width, where there is no encoder.</param>
    /// <param name="from">The first row that is wanted.</param>
    /// <returns>Rows by outputs; by width, where there is no head.</returns>
    /// <exception cref="InvalidOperationException">The model is fed with tokens.</exception>
    public Variable Forward(Tape tape, BoundParameters bound, Variable signals, int from = 0)
    {
        ArgumentNullException.ThrowIfNull(tape);
        if (_embedding is not null)
        {
            throw new InvalidOperationException("The model is fed with tokens, not with signals.");
        }

        return Run(tape, bound, _encoder is null ? signals : _encoder.Forward(tape, bound, signals), from);
    }

    private Variable Run(Tape tape, BoundParameters bound, Variable h, int from)
    {
        h = Description.EncoderScale == 1.0 ? h : tape.Scale(h, Description.EncoderScale);
        foreach (BlockOnTape block in _blocks)
        {
            h = block.Forward(tape, bound, h);
        }

        h = from == 0 ? h : tape.Rows(h, from, h.Shape.Rows - from);
        h = _norm is null ? h : _norm.Forward(tape, bound, h);
        if (_head is null)
        {
            return h;
        }

        Variable outputs = tape.Linear(h, bound[_head], _headBias is null ? null : bound[_headBias]);
        return Description.HeadScale == 1.0 ? outputs : tape.Scale(outputs, Description.HeadScale);
    }
}
