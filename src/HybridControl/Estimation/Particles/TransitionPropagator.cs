using HybridControl.Diagnostics;
using HybridControl.Simulation;

namespace HybridControl.Estimation;

/// <summary>Moves ensembles by transition models: one for all members, or one for each mode with a chain that switches between them.</summary>
/// <remarks>
/// Models run on vector lanes where they can (<see cref="TransitionModel.Propagate(double, double, StateEnsemble, ReadOnlySpan{double}, EnsembleNoise)"/>).
/// Members of one mode are moved together. A switching sees each member as a belief without uncertainty. Not thread-safe.
/// </remarks>
public sealed class TransitionPropagator : IEnsemblePropagator
{
    private readonly TransitionModel[] _models;
    private readonly ModeSwitching? _switching;
    private readonly GaussianBelief _point;
    private readonly GaussianBelief[] _parts;
    private readonly double[] _probabilities;
    private StateEnsemble? _part;
    private int[] _members = [];

    /// <summary>One model for all members.</summary>
    /// <param name="model">How states move.</param>
    public TransitionPropagator(TransitionModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        _models = [model];
        ModeNames = ["all"];
        _point = new GaussianBelief(model.StateCount);
        _parts = [];
        _probabilities = [1.0];
    }

    /// <summary>A model for each mode.</summary>
    /// <param name="modes">Name and model of each mode; all have the same states and inputs.</param>
    /// <param name="switching">How modes follow each other.</param>
    /// <exception cref="ModelException">The models differ in states or inputs, or the chain has another number of modes.</exception>
    public TransitionPropagator(IReadOnlyList<(string Mode, TransitionModel Model)> modes, ModeSwitching switching)
    {
        ArgumentNullException.ThrowIfNull(modes);
        ArgumentNullException.ThrowIfNull(switching);
        CovarianceFactor.CheckCount("modes of the switching", switching.ModeCount, modes.Count);
        _models = [.. modes.Select(mode => mode.Model)];
        ModeNames = [.. modes.Select(mode => mode.Mode)];
        foreach ((string name, TransitionModel model) in modes)
        {
            CovarianceFactor.CheckCount($"modes.{name}: states", model.StateCount, _models[0].StateCount);
            CovarianceFactor.CheckCount($"modes.{name}: inputs", model.InputCount, _models[0].InputCount);
        }

        switching.CheckStates(_models[0].StateCount);
        _switching = switching;
        _point = new GaussianBelief(_models[0].StateCount);
        _parts = [.. modes.Select(_ => new GaussianBelief(_models[0].StateCount))];
        _probabilities = new double[switching.ModeCount];
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> StateNames => _models[0].StateNames;

    /// <inheritdoc/>
    public IReadOnlyList<string> ModeNames { get; }

    /// <inheritdoc/>
    public int InputCount => _models[0].InputCount;

    /// <summary>How states are subtracted and averaged.</summary>
    public StateGeometry Geometry => _models[0].Geometry;

    /// <inheritdoc/>
    public int Propagate(StateEnsemble members, double from, double to, ReadOnlySpan<double> input, EnsembleNoise noise)
    {
        ArgumentNullException.ThrowIfNull(members);
        CovarianceFactor.CheckCount("members: states", members.StateCount, _point.Dimension);
        CovarianceFactor.CheckCount("input", input.Length, InputCount);
        if (_switching is null)
        {
            _models[0].Propagate(from, to, members, input, noise);
            return members.CountLost();
        }

        Switch(members, from, to, noise);
        for (int mode = 0; mode < _models.Length; mode++)
        {
            int count = 0;
            for (int member = 0; member < members.Count; member++)
            {
                if (members.Modes[member] == mode)
                {
                    _members[count++] = member;
                }
            }

            if (count > 0)
            {
                Move(mode, members, _members.AsSpan(0, count), from, to, input, noise.For(mode + 1));
            }
        }

        return members.CountLost();
    }

    /// <summary>Why members of the last call have no result: the first model that knows better than that the flow failed.</summary>
    internal EstimationStatus Failure
    {
        get
        {
            foreach (TransitionModel model in _models)
            {
                if (model.Failure != EstimationStatus.FlowFailed)
                {
                    return model.Failure;
                }
            }

            return EstimationStatus.FlowFailed;
        }
    }

    private void Switch(StateEnsemble members, double from, double to, EnsembleNoise noise)
    {
        if (_members.Length < members.Count)
        {
            _members = new int[members.Count];
            _part = new StateEnsemble(members.StateCount, members.Count);
        }

        for (int member = 0; member < members.Count; member++)
        {
            members.Read(member, _point.MutableMean);
            _switching!.Divide(members.Modes[member], from, to, _point, _probabilities, _parts);
            int next = Draw(_probabilities, noise.Uniform(member));
            members.Modes[member] = next;
            if (_switching.DependsOnState)
            {
                members.Write(member, _parts[next].Mean);
            }
        }
    }

    /// <summary>The mode whose share of the unit interval a uniform number falls into.</summary>
    internal static int Draw(ReadOnlySpan<double> probabilities, double uniform)
    {
        int last = 0;
        for (int mode = 0; mode < probabilities.Length; mode++)
        {
            if (probabilities[mode] > 0.0)
            {
                last = mode;
                uniform -= probabilities[mode];
                if (uniform < 0.0)
                {
                    break;
                }
            }
        }

        return last;
    }

    private void Move(
        int mode, StateEnsemble members, ReadOnlySpan<int> chosen, double from, double to, ReadOnlySpan<double> input, EnsembleNoise noise)
    {
        if (chosen.Length == members.Count)
        {
            _models[mode].Propagate(from, to, members, input, noise);
            return;
        }

        _part!.Restrict(chosen.Length);
        _part.Gather(members, chosen);
        _models[mode].Propagate(from, to, _part, input, noise);
        _part.Scatter(members, chosen);
    }
}
