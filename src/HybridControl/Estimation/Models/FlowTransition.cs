using System.Runtime.InteropServices;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Numerics;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Symbolics.Emission;

namespace HybridControl.Estimation;

/// <summary>The flow of a mode as a transition model: dx = f(t, x, u) dt + B dW, integrated with its variational equations.</summary>
/// <remarks>
/// <para>
/// Mean, transition matrix and noise are one system for the solver: x' = f, Phi' = F Phi, Q' = F Q + Q F' + B B', with
/// F = df/dx at the mean, exact. With it the extended Kalman filter is the continuous-discrete one: P+ = Phi P Phi' + Q solves
/// dP/dt = F P + P F' + B B'. A. H. Jazwinski, Stochastic Processes and Filtering Theory (1970).
/// </para>
/// <para>
/// Inputs follow the signals of the model unless the caller gives values to hold; NaN holds none. The mode does not switch: transitions are
/// the business of hybrid estimators. Cost: n + n^2 + n(n+1)/2 equations. One thread at a time, and <see cref="Fork"/> for another.
/// </para>
/// </remarks>
public sealed class FlowTransition : TransitionModel
{
    private const int MaximumSteps = 100_000;

    // What the solver may leave of a zero eigenvalue of Q.
    private const double IntegrationError = 1e-6;

    private readonly FlowEquations _equations;
    private readonly Solver _solver;
    private readonly double[] _data;
    private readonly Stepper _plain;
    private readonly Stepper _full;
    private readonly double[] _jacobian;
    private readonly double[] _diffusion;
    private readonly double[] _density;
    private readonly double[] _product;
    private FlowLanes? _lanes;
    private bool _isCoarse;

    private FlowTransition(FlowEquations equations, Solver solver)
        : base([.. equations.Compiled.Automaton.States.Select(state => state.Name)], equations.Compiled.Inputs.Length, equations.Compiled.StateCount)
    {
        _equations = equations;
        _solver = solver;
        int n = StateCount;
        _data = equations.NewData();
        _jacobian = new double[n * n];
        _density = new double[n * n];
        _product = new double[n * n];
        _diffusion = new double[n * equations.NoiseCount];
        _plain = Begin(new OdeFunction(n, equations.Flow, null, null), solver, _data);
        int size = n + (2 * n * n);
        _full = Begin(new OdeFunction(size, Derivatives, null, null), solver, _data);
    }

    /// <summary>Makes the transition model of a mode.</summary>
    /// <param name="automaton">The model.</param>
    /// <param name="mode">Name of the mode.</param>
    /// <param name="noise">For each noisy state its diffusion: the square root of the spectral density, units of the state per square root of a second.</param>
    /// <exception cref="ModelException">The mode or a state is unknown, or the mode has a delegate flow.</exception>
    public static FlowTransition For(HybridAutomaton automaton, string mode, params IReadOnlyList<(string State, Expr Diffusion)> noise) =>
        For(automaton, mode, null, noise);

    /// <summary>Makes the transition model of a mode with a solver of choice.</summary>
    /// <param name="automaton">The model.</param>
    /// <param name="mode">Name of the mode.</param>
    /// <param name="solver">Integration method; null for Dormand and Prince's with a relative tolerance of 1e-8.</param>
    /// <param name="noise">For each noisy state its diffusion.</param>
    /// <exception cref="ModelException">The mode or a state is unknown, the mode has a delegate flow, or the solver's settings are wrong.</exception>
    public static FlowTransition For(
        HybridAutomaton automaton, string mode, Solver? solver, params IReadOnlyList<(string State, Expr Diffusion)> noise)
    {
        ArgumentNullException.ThrowIfNull(automaton);
        string[] states = [.. automaton.States.Select(state => state.Name)];
        var diffusion = new Expr[states.Length, noise.Count];
        for (int i = 0; i < states.Length; i++)
        {
            for (int j = 0; j < noise.Count; j++)
            {
                diffusion[i, j] = noise[j].State == states[i] ? noise[j].Diffusion : Expr.Zero;
            }
        }

        Finding[] findings =
        [
            .. noise.Where(entry => !states.Contains(entry.State)).Select(entry => new Finding(
                $"noise.{entry.State}", $"unknown state '{entry.State}'", Suggestions.For(entry.State, states))),
            .. solver?.Validate() ?? [],
        ];
        return findings.Length > 0
            ? throw new ModelException(findings)
            : new FlowTransition(FlowEquations.Of(automaton, mode, diffusion), solver ?? DefaultSolver);
    }

    /// <summary>The solver of models that name none.</summary>
    internal static Solver DefaultSolver { get; } = new DormandPrince5 { RelativeTolerance = 1e-8, AbsoluteTolerance = 1e-12 };

    /// <summary>The equations.</summary>
    internal FlowEquations Equations => _equations;

    /// <summary>The data block: parameters and discrete variables, to be set for later predictions.</summary>
    internal Span<double> Data => _data;

    /// <summary>Sets a parameter or discrete variable of the model for all later predictions.</summary>
    /// <param name="kind">Parameter or discrete variable.</param>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value.</param>
    internal void Set(VariableKind kind, string name, double value) => _data[_equations.Compiled.Slots[kind, name]] = value;

    /// <inheritdoc/>
    public override EstimationStatus Failure => _isCoarse ? EstimationStatus.SolverTooCoarse : EstimationStatus.FlowFailed;

    /// <inheritdoc/>
    public override bool Propagate(double from, double to, ReadOnlySpan<double> x, ReadOnlySpan<double> input, Span<double> next)
    {
        _isCoarse = false;
        x.CopyTo(_plain.States);
        if (!Integrate(_plain, from, to, input))
        {
            return false;
        }

        _plain.States.CopyTo(next);
        return true;
    }

    /// <inheritdoc/>
    public override bool Linearize(
        double from, double to, ReadOnlySpan<double> x, ReadOnlySpan<double> input, Span<double> next, Span<double> jacobian, Span<double> noise)
    {
        int n = StateCount;
        _isCoarse = false;
        Span<double> all = _full.States;
        all.Clear();
        x.CopyTo(all);
        for (int i = 0; i < n; i++)
        {
            all[n + (i * (n + 1))] = 1.0;
        }

        if (!Integrate(_full, from, to, input))
        {
            return false;
        }

        all = _full.States;
        all[..n].CopyTo(next);
        all.Slice(n, n * n).CopyTo(jacobian);
        ReadOnlySpan<double> covariance = all[(n + (n * n))..];
        if (Cholesky.Factor(covariance, noise, n, IntegrationError) < 0)
        {
            return true;
        }

        _isCoarse = Dense.IsFinite(covariance);
        return false;
    }

    /// <inheritdoc/>
    public override bool Noise(double from, double to, ReadOnlySpan<double> x, ReadOnlySpan<double> input, Span<double> noise) =>
        Linearize(from, to, x, input, _product.AsSpan(0, StateCount), _jacobian, noise);

    /// <inheritdoc/>
    public override TransitionModel Fork() => new FlowTransition(_equations, _solver) { Geometry = Geometry };

    /// <inheritdoc/>
    /// <remarks>
    /// With a solver of fixed step all members take the same steps, on vector lanes, and noise comes in after each of them
    /// (the method of Euler and Maruyama for the noise: weak order 1 in the step). Else each member is integrated by
    /// itself, and its noise is that of the extended Kalman filter: Gaussian with the Q of its own path.
    /// </remarks>
    public override void Propagate(double from, double to, StateEnsemble members, ReadOnlySpan<double> input, EnsembleNoise noise)
    {
        ArgumentNullException.ThrowIfNull(members);
        if (_solver is FixedStepRungeKutta solver)
        {
            _lanes ??= new FlowLanes(_equations, solver, _data);
            _lanes.Propagate(from, to, members, input, noise);
        }
        else if (_equations.NoiseCount == 0)
        {
            Move(from, to, members, input);
        }
        else
        {
            Work.LinearizeOneByOne(from, to, members, input, noise);
        }
    }

    private static Stepper Begin(OdeFunction function, Solver solver, double[] data)
    {
        Stepper stepper = solver.Start(function.Dimension, data);
        stepper.Use(solver.Compile(function));
        return stepper;
    }

    /// <summary>A stepper with this model's solver and data for other equations of the same flow.</summary>
    internal Stepper NewStepper(int dimension, VectorFunction derivatives) =>
        Begin(new OdeFunction(dimension, derivatives, null, null), _solver, _data);

    /// <summary>Integrates from one time to another, from breakpoint to breakpoint of the inputs.</summary>
    internal bool Integrate(Stepper stepper, double from, double to, ReadOnlySpan<double> input)
    {
        double time = from;
        bool keepSize = false;
        while (time < to)
        {
            _equations.WriteInputs(time, input, _data);
            double limit = Math.Min(to, _equations.NextBreakpoint(time));
            stepper.Restart(time, keepSize);
            for (int i = 0; time < limit; i++)
            {
                if (i == MaximumSteps || stepper.Step(limit) != StepStatus.Accepted)
                {
                    return false;
                }

                stepper.Accept();
                time = stepper.Time;
            }

            keepSize = true;
        }

        return true;
    }

    // x' = f, Phi' = F Phi, Q' = F Q + (F Q)' + B B'.
    private void Derivatives(double time, ref double states, ref double data, ref double results)
    {
        int n = StateCount;
        int square = n * n;
        ReadOnlySpan<double> all = MemoryMarshal.CreateReadOnlySpan(ref states, n + (2 * square));
        Span<double> rates = MemoryMarshal.CreateSpan(ref results, n + (2 * square));
        _equations.Flow(time, ref states, ref data, ref results);
        _equations.Jacobian(time, ref states, ref data, ref _jacobian[0]);
        Dense.Multiply(_jacobian, all.Slice(n, square), rates.Slice(n, square), n, n, n);
        Dense.Multiply(_jacobian, all.Slice(n + square, square), _product, n, n, n);
        int q = _equations.NoiseCount;
        if (q > 0)
        {
            _equations.Diffusion(time, ref states, ref data, ref _diffusion[0]);
        }

        Dense.MultiplyTransposed(_diffusion, _diffusion, _density, n, q, n);
        Span<double> growth = rates[(n + square)..];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                growth[(i * n) + j] = _product[(i * n) + j] + _product[(j * n) + i] + _density[(i * n) + j];
            }
        }
    }
}
