using System.Numerics;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Sequences.Mixers;

/// <summary>S4D: a linear filter for each channel, GELU, and a gated linear map across channels.</summary>
/// <remarks>
/// Numbers and equations as in <see cref="S4dParameters"/>; <c>y = a sigmoid(b)</c> with <c>[a; b] = W gelu(filter(x)) + bias</c>. What the
/// filters are as continuous systems says <see cref="Explanation.LayerExport"/>.
/// </remarks>
public sealed class S4dLayer : ISequenceLayer
{
    private readonly string _place;
    private readonly int _slot;
    private readonly TensorView _lambda;
    private readonly TensorView _b;
    private readonly TensorView _c;
    private readonly TensorView _d;
    private readonly Linear? _output;

    /// <summary>Builds the layer; its numbers are discretised in double precision.</summary>
    /// <param name="context">Its place.</param>
    /// <param name="parameters">Its numbers.</param>
    /// <param name="stepScale">Factor of every step: 0.5 for input sampled twice as often as in training.</param>
    /// <param name="output">The gated map, to twice as many channels; null for the outputs of the filters themselves.</param>
    internal S4dLayer(LayerContext context, S4dParameters parameters, double stepScale, Linear? output)
    {
        (Parameters, StepScale, _output, _place) = (parameters, stepScale, output, context.Place);
        int all = parameters.C.Length;
        var lambda = new double[2 * all];
        var b = new double[2 * all];
        var c = new double[2 * all];
        for (int i = 0; i < all; i++)
        {
            (Complex factor, Complex gain) = parameters.StepOf(i / parameters.Modes, i % parameters.Modes, stepScale);
            (lambda[i], lambda[all + i]) = (factor.Real, factor.Imaginary);
            (b[i], b[all + i]) = (gain.Real, gain.Imaginary);
            (c[i], c[all + i]) = (parameters.C[i].Real, parameters.C[i].Imaginary);
        }

        _slot = context.State.AddBuffer(context.Named("ssm"), 2 * all);
        _lambda = context.Parameters.Constant(lambda, 2, all);
        _b = context.Parameters.Constant(b, 2, all);
        _c = context.Parameters.Constant(c, 2, all);
        _d = context.Parameters.Constant(parameters.D.AsSpan(), 1, parameters.Channels);
    }

    /// <summary>The numbers that were learned.</summary>
    public S4dParameters Parameters { get; }

    /// <summary>Factor of every step.</summary>
    public double StepScale { get; }

    /// <inheritdoc/>
    public int Inputs => Parameters.Channels;

    /// <inheritdoc/>
    public int Outputs => Parameters.Channels;

    /// <inheritdoc/>
    public void Scan(ForwardPass pass, TensorView x, TensorView y)
    {
        using Workspace.Scope scope = pass.Workspace.Open();
        ITensorBackend backend = pass.Backend;
        TensorView filtered = _output is null ? y : pass.Workspace.Rent(x.Rows, x.Columns);
        backend.ModalScan(pass.Shape, new()
        {
            U = x,
            Lambda = _lambda,
            B = _b,
            C = _c,
            D = _d,
            State = pass.BufferOf(_slot),
            Y = filtered,
            Modes = Parameters.Modes,
        });
        pass.Observer?.Met(_place, this);
        pass.Show(_place, "linear", filtered);
        if (_output is null)
        {
            return;
        }

        backend.Activate(Activation.Gelu, filtered, filtered);
        TensorView both = pass.Workspace.Rent(x.Rows, 2 * x.Columns);
        _output.Scan(pass, filtered, both);
        pass.Show(_place, "gate", both.ColumnsAt(x.Columns, x.Columns));
        backend.Gate(both.ColumnsAt(0, x.Columns), Activation.Sigmoid, both.ColumnsAt(x.Columns, x.Columns), y);
    }
}
