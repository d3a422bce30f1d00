using System.Collections.Immutable;
using System.Numerics;
using HybridControl.Diagnostics;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Sequences.Mixers;

/// <summary>S5: one linear system with complex diagonal states for all channels, then a gate.</summary>
/// <remarks>
/// Numbers and equations as in <see cref="S5Parameters"/>; what it is as a continuous system says <see cref="Explanation.LayerExport"/>. A
/// layer that looks at later tokens too takes whole sequences only.
/// </remarks>
public sealed class S5Layer : ISequenceLayer
{
    private readonly string _place;
    private readonly int _slot;
    private readonly S5Tail _tail;
    private readonly TensorView _lambda;
    private readonly Weight _b;
    private readonly Weight _c;
    private readonly Weight? _backward;
    private readonly TensorView _d;
    private readonly Linear? _out1;
    private readonly Linear? _out2;

    /// <summary>Builds the layer; its numbers are discretised in double precision.</summary>
    /// <param name="context">Its place.</param>
    /// <param name="parameters">Its numbers.</param>
    /// <param name="stepScale">Factor of every step: 0.5 for input sampled twice as often as in training.</param>
    /// <param name="tail">What follows the linear system.</param>
    /// <param name="out1">The map of a full GLU; null for other tails.</param>
    /// <param name="out2">The map of every GLU; null for other tails.</param>
    internal S5Layer(LayerContext context, S5Parameters parameters, double stepScale, S5Tail tail, Linear? out1, Linear? out2)
    {
        (Parameters, StepScale, _tail, _out1, _out2, _place) = (parameters, stepScale, tail, out1, out2, context.Place);
        int modes = parameters.Modes;
        _slot = parameters.IsBidirectional ? -1 : context.State.AddBuffer(context.Named("ssm"), 2 * modes);
        var lambda = new double[2 * modes];
        var b = new double[2 * modes * parameters.Channels];
        for (int mode = 0; mode < modes; mode++)
        {
            (Complex factor, Complex gain) = parameters.StepOf(mode, stepScale);
            (lambda[mode], lambda[modes + mode]) = (factor.Real, factor.Imaginary);
            for (int i = 0; i < parameters.Channels; i++)
            {
                Complex entry = gain * parameters.B[(mode * parameters.Channels) + i];
                (b[(mode * parameters.Channels) + i], b[((modes + mode) * parameters.Channels) + i]) = (entry.Real, entry.Imaginary);
            }
        }

        _lambda = context.Parameters.Constant(lambda, 2, modes);
        _b = context.Parameters.Matrix(MatrixSources.Of(context.Named("B"), b, 2 * modes, parameters.Channels));
        _c = OutputMatrix(context, "C", parameters.C);
        _backward = parameters.IsBidirectional ? OutputMatrix(context, "C2", parameters.BackwardC) : null;
        _d = context.Parameters.Constant(parameters.D.AsSpan(), 1, parameters.Channels);
    }

    /// <summary>The numbers that were learned.</summary>
    public S5Parameters Parameters { get; }

    /// <summary>Factor of every step.</summary>
    public double StepScale { get; }

    /// <inheritdoc/>
    public int Inputs => Parameters.Channels;

    /// <inheritdoc/>
    public int Outputs => Parameters.Channels;

    /// <inheritdoc/>
    /// <exception cref="ModelException">A layer that looks at later tokens is given a sequence in pieces.</exception>
    public void Scan(ForwardPass pass, TensorView x, TensorView y)
    {
        using Workspace.Scope scope = pass.Workspace.Open();
        ITensorBackend backend = pass.Backend;
        TensorView states = States(pass, x, isBackwards: false);
        pass.Observer?.Met(_place, this);
        pass.Show(_place, "state", states);
        TensorView linear = _tail == S5Tail.None ? y : pass.Workspace.Rent(x.Rows, Outputs);
        backend.Multiply(x, _d, linear);
        backend.MatMul(states, _c, default, 1.0, 1.0, linear);
        if (_backward is not null)
        {
            backend.MatMul(States(pass, x, isBackwards: true), _backward, default, 1.0, 1.0, linear);
        }

        pass.Show(_place, "linear", linear);
        ApplyTail(pass, linear, y);
    }

    private TensorView States(ForwardPass pass, TensorView x, bool isBackwards)
    {
        if (_backward is not null && pass.State.PositionOf(pass.FirstStream) > 0)
        {
            throw new ModelException(_place, "the layer looks at later tokens, and the sequence comes in pieces", "Scan it at once, from its start, in a piece that is long enough.");
        }

        TensorView states = pass.Workspace.Rent(x.Rows, _b.Rows);
        pass.Backend.MatMul(x, _b, default, 1.0, 0.0, states);
        pass.Backend.DiagonalScan(pass.Shape, new()
        {
            Lambda = _lambda,
            U = states,
            State = _backward is null ? pass.BufferOf(_slot) : default,
            Y = states,
            Backwards = isBackwards,
        });
        return states;
    }

    private void ApplyTail(ForwardPass pass, TensorView linear, TensorView y)
    {
        ITensorBackend backend = pass.Backend;
        if (_tail is S5Tail.None)
        {
            return;
        }

        if (_tail is S5Tail.Gelu)
        {
            backend.Activate(Activation.GeluTanh, linear, y);
            return;
        }

        TensorView g = pass.Workspace.Rent(linear.Rows, linear.Columns);
        TensorView gate = pass.Workspace.Rent(linear.Rows, linear.Columns);
        backend.Activate(Activation.GeluTanh, linear, g);
        _out2!.Scan(pass, g, gate);
        pass.Show(_place, "gate", gate);
        if (_tail is S5Tail.FullGlu)
        {
            _out1!.Scan(pass, g, y);
            backend.Gate(y, Activation.Sigmoid, gate, y);
        }
        else
        {
            backend.Gate(_tail is S5Tail.HalfGlu1 ? g : linear, Activation.Sigmoid, gate, y);
        }
    }

    // Re(C x) of states with real parts first: [Re C, -Im C], twice where modes stand for pairs.
    private Weight OutputMatrix(LayerContext context, string name, ImmutableArray<Complex> c)
    {
        (int modes, int channels) = (Parameters.Modes, Parameters.Channels);
        double weight = Parameters.ConjugatePairs ? 2.0 : 1.0;
        var matrix = new double[channels * 2 * modes];
        for (int o = 0; o < channels; o++)
        {
            for (int mode = 0; mode < modes; mode++)
            {
                Complex entry = weight * c[(o * modes) + mode];
                (matrix[(o * 2 * modes) + mode], matrix[(((o * 2) + 1) * modes) + mode]) = (entry.Real, -entry.Imaginary);
            }
        }

        return context.Parameters.Matrix(MatrixSources.Of(context.Named(name), matrix, channels, 2 * modes));
    }
}
