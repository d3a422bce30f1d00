using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Neural.Explanation;
using HybridControl.Symbolics;

namespace HybridControl.Neural.InTheLoop;

/// <summary>A time-invariant layer as part of the continuous dynamics of an automaton.</summary>
/// <remarks>
/// Its states are states of the automaton and its equations are expressions, so guards, invariants and resets on them are located and
/// carried out as on any others, and every back-end can run it. States move only in the modes whose flow it is given to, and rest in the
/// others. While inputs are held, the states at the ends of steps of the training sample time are those of the layer.
/// </remarks>
/// <example><code>
/// LinearFlow net = LinearFlow.Declare(h, "net", layer.ToModal(sampleTime: 0.01));
/// ModeBuilder run = h.Mode("run").Flow(net, command).Flow(speed, net.Output(0, command) - speed);
/// h.Transition(run, stop).Guard(net.States[0] >= 0.5);
/// </code></example>
public sealed class LinearFlow
{
    private readonly LinearModel _model;

    private LinearFlow(string name, LinearModel model, ImmutableArray<Expr> states) => (Name, _model, States) = (name, model, states);

    /// <summary>What the names of its states begin with.</summary>
    public string Name { get; }

    /// <summary>Its real states, in the order of <see cref="ModalModel.ToReal"/>.</summary>
    public ImmutableArray<Expr> States { get; }

    /// <summary>Inputs, m.</summary>
    public int Inputs => _model.Inputs;

    /// <summary>Outputs, p.</summary>
    public int Outputs => _model.Outputs;

    /// <summary>Declares the states of a layer: <c>name.re0</c>, <c>name.im0</c> and so on, without the imaginary parts that do not matter.</summary>
    /// <param name="builder">The automaton that is being described.</param>
    /// <param name="name">What the names begin with.</param>
    /// <param name="model">The layer; see <see cref="LayerExport"/>.</param>
    /// <param name="initial">Real states at the start; empty for rest.</param>
    /// <exception cref="ModelException">There is another number of initial states.</exception>
    public static LinearFlow Declare(AutomatonBuilder builder, string name, ModalModel model, params ReadOnlySpan<double> initial)
    {
        ArgumentNullException.ThrowIfNull(model);
        IEnumerable<string> parts = model.RealModes().SelectMany((mode, i) => mode.Count == 2
            ? new[] { FormattableString.Invariant($"re{i}"), FormattableString.Invariant($"im{i}") }
            : [FormattableString.Invariant($"re{i}")]);
        return Declare(builder, name, model.ToReal(), parts, initial);
    }

    /// <summary>Declares the states of a linear system, such as a layer that was reduced: <c>name.x0</c> and so on.</summary>
    /// <param name="builder">The automaton that is being described.</param>
    /// <param name="name">What the names begin with.</param>
    /// <param name="model">The system.</param>
    /// <param name="initial">States at the start; empty for rest.</param>
    /// <exception cref="ModelException">There is another number of initial states.</exception>
    public static LinearFlow Declare(AutomatonBuilder builder, string name, LinearModel model, params ReadOnlySpan<double> initial)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Declare(builder, name, model, Enumerable.Range(0, model.Order).Select(i => FormattableString.Invariant($"x{i}")), initial);
    }

    /// <summary>Time derivative of a state.</summary>
    /// <param name="state">Which of <see cref="States"/>.</param>
    /// <param name="inputs">m expressions.</param>
    /// <exception cref="ModelException">There is another number of inputs.</exception>
    public Expr Derivative(int state, params ReadOnlySpan<Expr> inputs) => Row(
        _model.A.AsSpan(state * _model.Order, _model.Order), _model.B.AsSpan(state * Inputs, Inputs), inputs);

    /// <summary>An output.</summary>
    /// <param name="output">Which.</param>
    /// <param name="inputs">m expressions: the direct path reads them.</param>
    /// <exception cref="ModelException">There is another number of inputs.</exception>
    public Expr Output(int output, params ReadOnlySpan<Expr> inputs) => Row(
        _model.C.AsSpan(output * _model.Order, _model.Order), _model.D.AsSpan(output * Inputs, Inputs), inputs);

    private static LinearFlow Declare(
        AutomatonBuilder builder, string name, LinearModel model, IEnumerable<string> parts, ReadOnlySpan<double> initial)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (initial.Length != 0 && initial.Length != model.Order)
        {
            throw new ModelException(
                name, FormattableString.Invariant($"{initial.Length} initial values for {model.Order} states"), "Give one for each state, or none.");
        }

        var states = ImmutableArray.CreateBuilder<Expr>(model.Order);
        foreach (string part in parts)
        {
            states.Add(builder.State($"{name}.{part}", initial.IsEmpty ? null : initial[states.Count]));
        }

        return new(name, model, states.MoveToImmutable());
    }

    // One row of A x + B u or C x + D u, without what is zero.
    private Expr Row(ReadOnlySpan<double> ofStates, ReadOnlySpan<double> ofInputs, ReadOnlySpan<Expr> inputs)
    {
        if (inputs.Length != Inputs)
        {
            throw new ModelException(Name, FormattableString.Invariant($"{inputs.Length} inputs where the layer has {Inputs}"), "Give one expression for each.");
        }

        var coefficients = new List<double>();
        var terms = new List<Expr>();
        Add(ofStates, States.AsSpan());
        Add(ofInputs, inputs);
        return terms.Count == 0 ? Expr.Zero : Expr.LinearForm([.. coefficients], [.. terms]);

        void Add(ReadOnlySpan<double> factors, ReadOnlySpan<Expr> values)
        {
            for (int i = 0; i < factors.Length; i++)
            {
                if (factors[i] != 0.0)
                {
                    coefficients.Add(factors[i]);
                    terms.Add(values[i]);
                }
            }
        }
    }
}
