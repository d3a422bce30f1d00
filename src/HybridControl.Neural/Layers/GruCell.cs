using HybridControl.Neural.Autodiff;

namespace HybridControl.Neural.Layers;

/// <summary>Gated recurrent unit: a memory h that gates decide how to renew.</summary>
/// <remarks>
/// <para>
/// r = sigmoid(W_ir x + b_ir + W_hr h + b_hr), z likewise, n = tanh(W_in x + b_in + r (W_hn h + b_hn)),
/// h := (1 - z) n + z h.
/// </para>
/// <para>
/// Parameters <c>name.weight_ih</c> (3 hidden by inputs), <c>name.weight_hh</c>, <c>name.bias_ih</c> and <c>name.bias_hh</c>,
/// blocks in the order r, z, n: the order of PyTorch's files. Source: K. Cho et al., EMNLP 2014 (arXiv 1406.1078), in the
/// variant with the reset gate after the product.
/// </para>
/// </remarks>
public sealed class GruCell
{
    private readonly ParameterSet _parameters;
    private readonly Parameter _weightOfInput;
    private readonly Parameter _weightOfMemory;
    private readonly Parameter _biasOfInput;
    private readonly Parameter _biasOfMemory;

    /// <summary>Adds the parameters of a cell to a set.</summary>
    public GruCell(ParameterSet parameters, string name, int inputs, int hidden)
    {
        _parameters = parameters;
        Hidden = hidden;
        _weightOfInput = parameters.Add($"{name}.weight_ih", 3 * hidden, inputs);
        _weightOfMemory = parameters.Add($"{name}.weight_hh", 3 * hidden, hidden);
        _biasOfInput = parameters.Add($"{name}.bias_ih", 3 * hidden, 1);
        _biasOfMemory = parameters.Add($"{name}.bias_hh", 3 * hidden, 1);
    }

    /// <summary>Length of the input.</summary>
    public int Inputs => _weightOfInput.Columns;

    /// <summary>Length of the memory.</summary>
    public int Hidden { get; }

    /// <summary>Draws all parameters between plus and minus 1 / sqrt(hidden).</summary>
    public void Initialize(ulong seed)
    {
        foreach (Parameter parameter in new[] { _weightOfInput, _weightOfMemory, _biasOfInput, _biasOfMemory })
        {
            Initialization.Uniform(_parameters, parameter, 1.0 / Math.Sqrt(Hidden), seed);
        }
    }

    /// <summary>The next memory for a batch of columns on a tape.</summary>
    public Variable Forward(Tape tape, BoundParameters bound, Variable x, Variable h)
    {
        Variable input = tape.Add(tape.Product(bound[_weightOfInput], x), bound[_biasOfInput]);
        Variable memory = tape.Add(tape.Product(bound[_weightOfMemory], h), bound[_biasOfMemory]);
        Variable gates = tape.Sigmoid(tape.Add(tape.Rows(input, 0, 2 * Hidden), tape.Rows(memory, 0, 2 * Hidden)));
        Variable reset = tape.Rows(gates, 0, Hidden);
        Variable update = tape.Rows(gates, Hidden, Hidden);
        Variable candidate = tape.Tanh(tape.Add(
            tape.Rows(input, 2 * Hidden, Hidden), tape.Multiply(reset, tape.Rows(memory, 2 * Hidden, Hidden))));
        return tape.Add(candidate, tape.Multiply(update, tape.Subtract(h, candidate)));
    }

    /// <summary>Renews one memory in place.</summary>
    /// <param name="x">The input.</param>
    /// <param name="h">The memory.</param>
    /// <param name="workspace">6 <see cref="Hidden"/> numbers, overwritten.</param>
    public void Apply(ReadOnlySpan<double> x, Span<double> h, Span<double> workspace)
    {
        Span<double> input = workspace[..(3 * Hidden)];
        Span<double> memory = workspace.Slice(3 * Hidden, 3 * Hidden);
        Multiply(_weightOfInput, _biasOfInput, x, input);
        Multiply(_weightOfMemory, _biasOfMemory, h, memory);
        for (int i = 0; i < Hidden; i++)
        {
            double reset = ScalarFunctions.Sigmoid(input[i] + memory[i]);
            double update = ScalarFunctions.Sigmoid(input[Hidden + i] + memory[Hidden + i]);
            double candidate = Math.Tanh(input[(2 * Hidden) + i] + (reset * memory[(2 * Hidden) + i]));
            h[i] = candidate + (update * (h[i] - candidate));
        }
    }

    private void Multiply(Parameter weight, Parameter bias, ReadOnlySpan<double> x, Span<double> y)
    {
        ReadOnlySpan<double> w = _parameters.ValuesOf(weight);
        ReadOnlySpan<double> b = _parameters.ValuesOf(bias);
        x = x[..weight.Columns];
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = BatchLoops.Dot(w.Slice(i * x.Length, x.Length), x) + b[i];
        }
    }
}
