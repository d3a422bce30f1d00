using System.Collections.Immutable;
using System.Runtime.InteropServices;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Simulation;
using HybridControl.Solvers;

namespace HybridControl.Ensembles.Propagation;

/// <summary>Moves ensembles of a hybrid automaton on an ensemble back-end: vector lanes, a GPU, or the simulator.</summary>
/// <remarks>
/// <para>
/// Every member is a trajectory that enters the mode of the member with its states and discrete variables, flows and jumps by
/// the guards, resets and priorities of the model, and ends in some mode. States of a member are those of the model, then its
/// discrete variables. Timers of "after" rules start anew with every step: a model whose timers outlast a step should keep the
/// time in a state. A member whose trajectory does not reach the end (Zeno, a broken invariant, numbers that are not finite) is lost.
/// </para>
/// <para>
/// Noise of a state comes in at the end of a step, as a Brownian increment; noise of an input is one value for each step and member,
/// sigma / sqrt(h), that the flow and the guards see. The code is compiled once for each length of a step; a model that reads time,
/// or has sampled updates, once for each step. A step allocates the blocks of the back-end. Not thread-safe.
/// </para>
/// </remarks>
public sealed class EnsembleBackendPropagator : IEnsemblePropagator
{
    private const int MostKept = 4;
    private const double SameLength = 1e-9;

    private readonly IEnsembleBackend _backend;
    private readonly Solver _solver;
    private readonly StartInAnyMode _start;
    private readonly bool _isAutonomous;
    private readonly double[] _stateNoise;
    private readonly double[] _inputNoise;
    private readonly int _variables;
    private readonly int _modes;
    private readonly List<EnsemblePlan> _plans = [];
    private double[] _table = [];

    /// <summary>Puts a model on a back-end.</summary>
    /// <param name="model">The model; its inputs are those of the propagator, whatever signals it gives them.</param>
    /// <param name="backend">What runs the trajectories.</param>
    /// <param name="solver">Integration method; null for Dormand and Prince's.</param>
    /// <param name="noise">For each noisy state or input its diffusion: the square root of the spectral density, units per square root of a second.</param>
    /// <exception cref="ModelException">A name is unknown, a diffusion is not a number, or the back-end cannot run the model; with every finding.</exception>
    public EnsembleBackendPropagator(
        HybridAutomaton model, IEnsembleBackend backend, Solver? solver = null, params IReadOnlyList<(string Name, double Diffusion)> noise)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(backend);
        AutomatonValidator.ThrowIfInvalid(model);
        if (model.Compiled.Lowered.DrawCount > 0)
        {
            throw new ModelException(
                model.Name, "the model draws random numbers itself, the same ones in every step of a filter",
                "Leave rates and draws out of the model, and give their spread as noise.");
        }

        _backend = backend;
        _solver = solver ?? new DormandPrince5();
        StateNames = [.. model.States.Select(state => state.Name), .. model.Discretes.Select(discrete => discrete.Name)];
        ModeNames = [.. model.Modes.Select(mode => mode.Name)];
        InputCount = model.Inputs.Length;
        _variables = StateNames.Count;
        _modes = ModeNames.Count;
        string[] inputs = [.. model.Inputs.Select(input => input.Name)];
        Check([.. model.States.Select(state => state.Name)], inputs, noise);
        _stateNoise = [.. StateNames.Select(name => DiffusionOf(name, noise))];
        _inputNoise = [.. inputs.Select(name => DiffusionOf(name, noise))];
        _start = StartInAnyMode.Before(model);
        _isAutonomous = StartInAnyMode.IsAutonomous(model);
        EnsemblePlan plan = NewPlan(0.0, 1.0, new double[Columns]);
        ImmutableArray<Finding> refused =
        [
            .. DiffusionRefusal.Of(
                model, "a propagator adds its own noise at the end of each interval, and would draw that of a flow anew from the same numbers",
                "Remove the diffusion and name its states with the noise of the propagator."),
            .. AlgebraicRefusal.Of(
                model, "a propagator adds its noise to all states at the end of each interval", "Write the flow as explicit derivatives."),
        ];
        if (!refused.IsEmpty)
        {
            throw new ModelException(refused);
        }

        PlanValidator.ThrowIfInvalid(plan);
        ImmutableArray<Finding> findings = backend.Check(plan);
        if (!findings.IsEmpty)
        {
            throw new ModelException(findings);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> StateNames { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> ModeNames { get; }

    /// <inheritdoc/>
    public int InputCount { get; }

    private int Columns => _variables + 1 + InputCount;

    /// <inheritdoc/>
    public int Propagate(StateEnsemble members, double from, double to, ReadOnlySpan<double> input, EnsembleNoise noise)
    {
        ArgumentNullException.ThrowIfNull(members);
        if (members.StateCount != _variables || input.Length != InputCount)
        {
            throw new ModelException(
                _start.Model.Name,
                $"members of {members.StateCount} numbers and {input.Length} inputs, where {_variables} and {InputCount} are needed",
                $"States: {string.Join(", ", StateNames)}. Give a value for each input.");
        }

        if (_table.Length != members.Count * Columns)
        {
            _table = new double[members.Count * Columns];
            _plans.Clear();
        }

        WriteTable(members, to - from, input, noise);
        EnsemblePlan plan = PlanFor(from, to);
        int lost = 0;
        _backend.Run(plan, 0, EnsembleBlock.CountOf(members.Count), block => lost += Read(block, members), CancellationToken.None);
        AddNoise(members, Math.Sqrt(to - from), noise);
        return lost;
    }

    private static double DiffusionOf(string name, IReadOnlyList<(string Name, double Diffusion)> noise) =>
        noise.FirstOrDefault(entry => entry.Name == name).Diffusion;

    private static void Check(string[] states, string[] inputs, IReadOnlyList<(string Name, double Diffusion)> noise)
    {
        string[] known = [.. states, .. inputs];
        Finding[] findings =
        [
            .. noise.Where(entry => !known.Contains(entry.Name)).Select(entry => new Finding(
                $"noise.{entry.Name}", $"unknown state or input '{entry.Name}'", Suggestions.For(entry.Name, known))),
            .. noise.Where(entry => !(entry.Diffusion >= 0.0 && double.IsFinite(entry.Diffusion))).Select(entry => new Finding(
                $"noise.{entry.Name}", FormattableString.Invariant($"the diffusion {entry.Diffusion}"), "Give a finite number that is not negative.")),
        ];
        if (findings.Length > 0)
        {
            throw new ModelException(findings);
        }
    }

    private EnsemblePlan NewPlan(double from, double to, double[] table)
    {
        // The distributions are not used: the samples are the rows of the table.
        var any = new Uniform(0.0, 1.0);
        return new EnsemblePlan
        {
            Model = _start.Model,
            Size = table.Length / Columns,
            StartTime = from,
            Until = to,
            Solver = _solver,
            Design = SamplingDesign.Points,
            Points = ImmutableCollectionsMarshal.AsImmutableArray(table),
            Variations =
            [
                .. StateNames.Select(name => new Variation(name, any)),
                new Variation(_start.Variable, any),
                .. _start.Model.Inputs.Select(input => new Variation(input.Name, any)),
            ],
        };
    }

    // A plan of the same length sees the table that is written anew for each step; it never leaves this object.
    private EnsemblePlan PlanFor(double from, double to)
    {
        (double start, double end) = _isAutonomous ? (0.0, to - from) : (from, to);
        foreach (EnsemblePlan known in _plans)
        {
            if (known.StartTime == start && Math.Abs(known.Until - end) <= SameLength * (end - start))
            {
                return known;
            }
        }

        EnsemblePlan plan = NewPlan(start, end, _table);
        if (_plans.Count == MostKept)
        {
            _plans.RemoveAt(0);
        }

        _plans.Add(plan);
        return plan;
    }

    private void WriteTable(StateEnsemble members, double length, ReadOnlySpan<double> input, EnsembleNoise noise)
    {
        double scale = 1.0 / Math.Sqrt(length);
        for (int member = 0; member < members.Count; member++)
        {
            Span<double> row = _table.AsSpan(member * Columns, Columns);
            members.Read(member, row[.._variables]);
            row[_variables] = members.Modes[member];
            for (int i = 0; i < InputCount; i++)
            {
                double disturbance = _inputNoise[i] > 0.0 ? _inputNoise[i] * scale * noise.Normal(member, _variables + i) : 0.0;
                row[_variables + 1 + i] = input[i] + disturbance;
            }
        }
    }

    private int Read(EnsembleBlock block, StateEnsemble members)
    {
        int lost = 0;
        int first = (int)block.First;
        ReadOnlySpan<double> status = block.Scalar(EnsembleLayout.Status);
        ReadOnlySpan<double> mode = block.Scalar(EnsembleLayout.Mode);
        for (int i = 0; i < _variables; i++)
        {
            block.Scalar(block.Layout.FirstState + i).CopyTo(members.Component(i)[first..]);
        }

        for (int j = 0; j < block.Count; j++)
        {
            if (status[j] == (double)TrajectoryStatus.Completed && mode[j] < _modes)
            {
                members.Modes[first + j] = (int)mode[j];
            }
            else
            {
                members.Lose(first + j);
                lost++;
            }
        }

        return lost;
    }

    private void AddNoise(StateEnsemble members, double root, EnsembleNoise noise)
    {
        for (int i = 0; i < _variables; i++)
        {
            if (_stateNoise[i] > 0.0)
            {
                Span<double> values = members.Component(i);
                double scale = root * _stateNoise[i];
                for (int member = 0; member < values.Length; member++)
                {
                    values[member] += scale * noise.Normal(member, i);
                }
            }
        }
    }
}
