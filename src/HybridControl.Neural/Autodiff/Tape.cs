namespace HybridControl.Neural.Autodiff;

/// <summary>Reverse-mode derivatives over batches of small dense matrices in double precision.</summary>
/// <remarks>
/// <para>
/// Operations compute at once and are recorded; <see cref="Backward"/> walks the record back and leaves the derivative of
/// one number by every leaf. <see cref="Reset"/> starts a new recording in the same memory: after the first iteration of a
/// fixed computation nothing is allocated. One node holds a whole batch (see <see cref="Shape"/>), so that the price of a
/// node is shared by its samples. Cost: a backward pass takes two to three times the forward pass.
/// </para>
/// <para>
/// A variable of batch 1 serves every sample of a larger batch, and its gradient is the sum over them. Sums run in a fixed
/// order of 256-bit lanes without fused operations, hence the same bits on every machine and for any number of threads.
/// A tape belongs to one thread at a time.
/// </para>
/// <para>Source: A. Griewank and A. Walther, Evaluating Derivatives, 2nd ed., SIAM 2008, chapter 3.</para>
/// </remarks>
public sealed partial class Tape
{
    private double[] _values = new double[1024];
    private double[] _adjoints = [];
    private double[] _scratch = [];
    private TapeNode[] _nodes = new TapeNode[128];
    private int[] _inputs = new int[256];
    private int _length;
    private int _count;
    private int _inputCount;
    private int _generation;

    /// <summary>The first operation since the last reset that had no value for a sample (its entries are NaN), or null.</summary>
    public TapeFailure? Failure { get; private set; }

    /// <summary>Number of recorded nodes.</summary>
    public int Count => _count;

    /// <summary>Forgets the recording and keeps the memory. Earlier variables are invalid from here on.</summary>
    public void Reset()
    {
        _length = 0;
        _count = 0;
        _inputCount = 0;
        _generation++;
        Failure = null;
    }

    /// <summary>Puts numbers on the tape that no derivative is wanted for.</summary>
    /// <param name="values">Entries, laid out as <see cref="Shape"/> says.</param>
    /// <param name="batch">Number of samples.</param>
    /// <param name="rows">Rows of each.</param>
    /// <param name="columns">Columns of each.</param>
    /// <exception cref="ArgumentException">The number of entries does not fit.</exception>
    public Variable Constant(ReadOnlySpan<double> values, int batch, int rows, int columns) =>
        Leaf(values, new(batch, rows, columns), wantsGradient: false);

    /// <summary>Puts numbers on the tape whose derivatives are wanted.</summary>
    /// <inheritdoc cref="Constant"/>
    public Variable Input(ReadOnlySpan<double> values, int batch, int rows, int columns) =>
        Leaf(values, new(batch, rows, columns), wantsGradient: true);

    /// <summary>The same entries in another arrangement, without a copy: the order in memory stays (see <see cref="Shape"/>).</summary>
    /// <exception cref="ArgumentException">The number of entries differs.</exception>
    public Variable Reshape(Variable a, int rows, int columns)
    {
        Check(a);
        var shape = new Shape(a.Shape.Batch, rows, columns);
        if (shape.Length != a.Shape.Length)
        {
            throw new ArgumentException($"Reshape: {a.Shape} has not as many entries as {shape}.", nameof(rows));
        }

        return View(a, 0, shape);
    }

    /// <summary>Entries of a variable, laid out as <see cref="Shape"/> says. Valid until the next operation.</summary>
    public ReadOnlySpan<double> Value(Variable a)
    {
        Check(a);
        return ValueAt(a.Index);
    }

    /// <summary>Derivative of the last loss by a variable that depends on an input. Valid until the next operation.</summary>
    /// <exception cref="ArgumentException">The variable depends on constants only.</exception>
    public ReadOnlySpan<double> Gradient(Variable a)
    {
        Check(a);
        return _nodes[a.Index].WantsGradient
            ? AdjointAt(a.Index)
            : throw new ArgumentException("The variable depends on constants only and has no gradient.", nameof(a));
    }

    /// <summary>Finds the derivative of a number by every variable before it.</summary>
    /// <param name="loss">A variable of shape 1 x 1 x 1.</param>
    /// <exception cref="ArgumentException">The loss is not one number.</exception>
    public void Backward(Variable loss)
    {
        Check(loss);
        if (loss.Shape.Length != 1)
        {
            throw new ArgumentException($"A loss is one number; this is {loss.Shape}.", nameof(loss));
        }

        if (_adjoints.Length < _values.Length)
        {
            _adjoints = new double[_values.Length];
        }

        _adjoints.AsSpan(0, _length).Clear();
        _adjoints[_nodes[loss.Index].Offset] = 1.0;
        for (int node = loss.Index; node >= 0; node--)
        {
            if (_nodes[node] is { WantsGradient: true, Operation: { } operation })
            {
                operation.Backward(new(this, node));
            }
        }
    }

    internal Lanes.LaneArena Arena { get; } = new();

    internal ref TapeNode NodeAt(int node) => ref _nodes[node];

    internal Span<double> ValueAt(int node) => _values.AsSpan(_nodes[node].Offset, _nodes[node].Shape.Length);

    internal Span<double> AdjointAt(int node) => _adjoints.AsSpan(_nodes[node].Offset, _nodes[node].Shape.Length);

    internal int InputOf(int node, int index) => _inputs[_nodes[node].FirstInput + index];

    internal int InputCount(int node) =>
        (node + 1 < _count ? _nodes[node + 1].FirstInput : _inputCount) - _nodes[node].FirstInput;

    internal Span<double> Scratch(int length)
    {
        if (_scratch.Length < length)
        {
            _scratch = new double[Math.Max(length, 2 * _scratch.Length)];
        }

        return _scratch.AsSpan(0, length);
    }

    internal void Fail(string operation, int sample) => Failure ??= new(operation, sample);

    /// <summary>Another arrangement of a stretch of an earlier node; both share value and adjoint.</summary>
    internal Variable View(Variable a, int offset, Shape shape)
    {
        ref TapeNode node = ref NewNode(null, shape);
        node.Offset = _nodes[a.Index].Offset + offset;
        node.WantsGradient = _nodes[a.Index].WantsGradient;
        return new(_count - 1, _generation, shape);
    }

    private Variable Leaf(ReadOnlySpan<double> values, Shape shape, bool wantsGradient)
    {
        if (values.Length != shape.Length)
        {
            throw new ArgumentException($"{values.Length} entries do not fill {shape}.", nameof(values));
        }

        ref TapeNode node = ref NewNode(null, shape);
        node.Offset = Allocate(shape.Length);
        node.WantsGradient = wantsGradient;
        values.CopyTo(ValueAt(_count - 1));
        return new(_count - 1, _generation, shape);
    }

    private Variable Record(Operation operation, Shape shape, ReadOnlySpan<Variable> inputs, OperationSettings settings = default)
    {
        bool wants = false;
        foreach (Variable input in inputs)
        {
            Check(input);
            wants |= _nodes[input.Index].WantsGradient;
        }

        ref TapeNode node = ref NewNode(operation, shape);
        node.Offset = Allocate(shape.Length);
        node.WantsGradient = wants;
        node.Settings = settings;
        foreach (Variable input in inputs)
        {
            if (_inputCount == _inputs.Length)
            {
                Array.Resize(ref _inputs, 2 * _inputs.Length);
            }

            _inputs[_inputCount++] = input.Index;
        }

        operation.Forward(new(this, _count - 1));
        return new(_count - 1, _generation, shape);
    }

    private ref TapeNode NewNode(Operation? operation, Shape shape)
    {
        if (_count == _nodes.Length)
        {
            Array.Resize(ref _nodes, 2 * _nodes.Length);
        }

        ref TapeNode node = ref _nodes[_count++];
        node = new() { Operation = operation, Shape = shape, FirstInput = _inputCount };
        return ref node;
    }

    private int Allocate(int length)
    {
        int offset = _length;
        _length += length;
        if (_length > _values.Length)
        {
            Array.Resize(ref _values, Math.Max(_length, 2 * _values.Length));
        }

        return offset;
    }

    private void Check(Variable a)
    {
        if (a.Generation != _generation || a.Index >= _count || a.Shape != _nodes[a.Index].Shape)
        {
            throw new ArgumentException("The variable is not of this recording: the tape has been reset, or it is of another tape.");
        }
    }
}
