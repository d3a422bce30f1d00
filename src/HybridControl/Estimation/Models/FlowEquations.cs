using System.Runtime.InteropServices;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Symbolics;
using HybridControl.Symbolics.Emission;

namespace HybridControl.Estimation;

/// <summary>The flow of a mode, its Jacobian and its diffusion as compiled functions over the slots of the automaton.</summary>
/// <remarks>Shared by all who integrate them; the functions are thread-safe.</remarks>
internal sealed class FlowEquations
{
    /// <summary>Why a diffusion of a model is no model of process noise.</summary>
    internal const string NoiseWhat = "process noise is given apart here, and the diffusion of the flow would be left out";

    /// <summary>What to do about it.</summary>
    internal const string NoiseMend = "Remove the diffusion and give the same coefficients as process noise.";

    /// <summary>Why algebraic variables cannot be estimated.</summary>
    internal const string AlgebraicWhat = "an estimator follows explicit derivatives";

    /// <summary>What to do about them.</summary>
    internal const string AlgebraicMend = "Solve the equations for the algebraic variables by hand, and use the solution in the flow.";

    private readonly Lazy<LaneVectorFunction[]> _lanes;

    private FlowEquations(
        CompiledAutomaton compiled, VectorFunction flow, VectorFunction jacobian, VectorFunction diffusion, int noiseCount,
        Func<LaneVectorFunction[]> lanes)
    {
        _lanes = new(lanes);
        Compiled = compiled;
        (Flow, Jacobian, Diffusion) = (flow, jacobian, diffusion);
        NoiseCount = noiseCount;
    }

    /// <summary>The automaton, for its slots and inputs.</summary>
    public CompiledAutomaton Compiled { get; }

    /// <summary>f, n results.</summary>
    public VectorFunction Flow { get; }

    /// <summary>df/dx, n by n results, row-major.</summary>
    public VectorFunction Jacobian { get; }

    /// <summary>The diffusion B of dx = f dt + B dW, n by q results, row-major.</summary>
    public VectorFunction Diffusion { get; }

    /// <summary>f of many states; compiled when it is first needed.</summary>
    public LaneVectorFunction FlowOfMany => _lanes.Value[0];

    /// <summary>The diffusion of many states; compiled when it is first needed.</summary>
    public LaneVectorFunction DiffusionOfMany => _lanes.Value[1];

    /// <summary>The number q of noise sources.</summary>
    public int NoiseCount { get; }

    /// <summary>Compiles the equations of a mode.</summary>
    /// <param name="automaton">The model.</param>
    /// <param name="mode">Name of the mode.</param>
    /// <param name="diffusion">B, n by q, expressions of the model's variables.</param>
    /// <exception cref="ModelException">The mode is unknown or has a delegate flow.</exception>
    public static FlowEquations Of(HybridAutomaton automaton, string mode, Expr[,] diffusion)
    {
        if (automaton.Mode(mode).Flow is not ExprFlow flow)
        {
            throw new ModelException(
                $"modes.{mode}", "the flow is a delegate, which has no Jacobian", "Write the flow with expressions.");
        }

        if (automaton.Transitions.FirstOrDefault(transition => transition.Rule is RateRule) is { } chance)
        {
            throw new ModelException(
                $"transitions.{chance.Name}.rate", "the integral of a rate is a state that no estimator of one mode follows",
                "Leave the transition out, and give its rate to an estimator that knows switching by chance.");
        }

        Finding[] findings =
        [
            .. DiffusionRefusal.Of(automaton, NoiseWhat, NoiseMend).Where(_ => !automaton.Mode(mode).Diffusion.IsEmpty),
            .. AlgebraicRefusal.Of(automaton, AlgebraicWhat, AlgebraicMend),
        ];
        if (findings.Length > 0)
        {
            throw new ModelException(findings);
        }

        CompiledAutomaton compiled = automaton.Compiled;
        Expr[] derivatives = [.. automaton.States.Select(state => flow.DerivativeOf(state.Name))];
        Expr[,] jacobian = Differentiator.Jacobian(
            derivatives, [.. automaton.States.Select(state => Expr.Variable(VariableKind.State, state.Name))]);
        VectorFunction[] functions = VectorFunctions.Compile(
            mode, compiled.Slots, derivatives, [.. jacobian.Cast<Expr>()], [.. diffusion.Cast<Expr>()]);
        return new FlowEquations(
            compiled, functions[0], functions[1], functions[2], diffusion.GetLength(1),
            () => LaneVectorFunctions.Compile(mode, compiled.Slots, derivatives, [.. diffusion.Cast<Expr>()]));
    }

    /// <summary>A data block with parameters and initial discrete variables; inputs follow their signals.</summary>
    public double[] NewData()
    {
        HybridAutomaton automaton = Compiled.Automaton;
        double[] data = new double[Compiled.DataCount];
        for (int i = 0; i < automaton.Parameters.Length; i++)
        {
            data[i] = automaton.Parameters[i].Value;
        }

        var initial = new Real64[Compiled.InitialValues.OutputCount];
        Compiled.InitialValues.Evaluate(
            default, [], data, new Real64[Compiled.InitialValues.RegisterCount].AsSpan(), initial.AsSpan());
        for (int i = 0; i < automaton.Discretes.Length; i++)
        {
            data[Compiled.FirstDiscrete + i] = initial[automaton.States.Length + i].Value;
        }

        return data;
    }

    /// <summary>Writes inputs into a data block: values that are held, or the signals of the model where none (or NaN) are given.</summary>
    public void WriteInputs(double time, ReadOnlySpan<double> held, Span<double> data)
    {
        for (int i = 0; i < Compiled.Inputs.Length; i++)
        {
            if (held.IsEmpty || double.IsNaN(held[i]))
            {
                Compiled.Inputs[i].Write(time, data);
            }
            else
            {
                Compiled.Inputs[i].Hold(held[i], data);
            }
        }
    }

    /// <summary>The next time after <paramref name="time"/> at which a signal of the model changes its formula.</summary>
    public double NextBreakpoint(double time)
    {
        double next = double.PositiveInfinity;
        foreach (InputSlots input in Compiled.Inputs)
        {
            foreach (double point in input.Breakpoints)
            {
                if (point > time && point < next)
                {
                    next = point;
                }
            }
        }

        return next;
    }

    /// <summary>A reference to the first number of a span, as compiled functions take it.</summary>
    public static ref double First(ReadOnlySpan<double> values) => ref MemoryMarshal.GetReference(values);
}
