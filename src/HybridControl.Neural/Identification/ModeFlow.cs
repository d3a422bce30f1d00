using HybridControl.Automata;
using HybridControl.Estimation;
using HybridControl.Symbolics;

namespace HybridControl.Neural.Identification;

/// <summary>The flow dx/dt = f(x, u) of a mode and its Jacobian, for one thread at a time.</summary>
internal sealed class ModeFlow
{
    private readonly FlowEquations _equations;
    private readonly double[] _data;

    /// <exception cref="Diagnostics.ModelException">The mode is unknown or has a delegate flow.</exception>
    public ModeFlow(HybridAutomaton automaton, string mode)
    {
        _equations = FlowEquations.Of(automaton, mode, new Expr[automaton.States.Length, 0]);
        _data = _equations.NewData();
        StateNames = [.. automaton.States.Select(state => state.Name)];
        InputNames = [.. automaton.Inputs.Select(input => input.Name)];
    }

    public IReadOnlyList<string> StateNames { get; }

    public IReadOnlyList<string> InputNames { get; }

    /// <summary>Writes f and df/dx, n by n.</summary>
    /// <param name="time">Time, in seconds, for the signals of the model.</param>
    /// <param name="x">States.</param>
    /// <param name="u">One value for each input; NaN to follow the signal of the model.</param>
    /// <param name="f">Receives f.</param>
    /// <param name="jacobian">Receives df/dx.</param>
    public void Evaluate(double time, ReadOnlySpan<double> x, ReadOnlySpan<double> u, Span<double> f, Span<double> jacobian)
    {
        _equations.WriteInputs(time, u, _data);
        ref double states = ref FlowEquations.First(x);
        _equations.Flow(time, ref states, ref _data[0], ref f[0]);
        _equations.Jacobian(time, ref states, ref _data[0], ref jacobian[0]);
    }
}
