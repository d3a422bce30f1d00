using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>Modes that follow each other where the states are: each mode goes on in another with the probability that its belief is beyond a guard.</summary>
/// <remarks>
/// <para>
/// For g(x) + e >= 0, g linearised at the mean: pi = Phi(g(m) / sqrt(c'Pc + s^2)). What jumps is believed to be beyond the guard, what
/// stays to be on the near side: truncated Gaussians, mean and covariance in closed form, then the reset. Guards of one mode
/// are asked in the order of their list, each of what the ones before have left, so that probabilities add up to one.
/// </para>
/// <para>
/// Guards are asked once a step, at its start: keep steps short beside the time that the states take to run through a
/// guard. One thread at a time; see <see cref="Fork"/>. Sources: P. Santana, S. Lane, E. Timmons,
/// B. Williams and C. Forster, AAAI (2015), and C. E. Seah and I. Hwang (2009), for transitions that depend on states;
/// <see cref="TruncatedGaussian"/> for the moments.
/// </para>
/// </remarks>
public sealed class GuardSwitching : ModeSwitching
{
    private readonly string[] _states;
    private readonly GuardedTransition[] _transitions;
    private readonly StateGeometry _geometry;
    private readonly GuardPassage[] _passages;
    private readonly BeliefMixture _mixture;
    private readonly GaussianBelief[] _pieces;
    private readonly double[] _pieceWeights;
    private readonly int[] _pieceModes;
    private readonly double[] _weights;

    /// <summary>Creates a switching.</summary>
    /// <param name="stateNames">Names of the states, in the order of the transition models.</param>
    /// <param name="modeCount">The number of modes.</param>
    /// <param name="transitions">The jumps; those of one mode in the order of their priority.</param>
    /// <param name="geometry">How states are corrected; plain vectors if omitted.</param>
    /// <exception cref="ModelException">A mode or a state is unknown, or a deviation is negative; with every finding.</exception>
    public GuardSwitching(
        IReadOnlyList<string> stateNames, int modeCount, IReadOnlyList<GuardedTransition> transitions, StateGeometry? geometry = null)
        : base(modeCount)
    {
        ArgumentNullException.ThrowIfNull(stateNames);
        ArgumentNullException.ThrowIfNull(transitions);
        _states = [.. stateNames];
        _transitions = [.. transitions];
        int n = _states.Length;
        _geometry = geometry ?? StateGeometry.Flat(n);
        Check();
        _passages = [.. _transitions.Select(transition => new GuardPassage(transition, _states, _geometry))];
        int pieces = _passages.Length + 1;
        _mixture = new BeliefMixture(n, pieces);
        _pieces = new GaussianBelief[pieces];
        for (int i = 0; i < pieces; i++)
        {
            _pieces[i] = GaussianBelief.WithRoom(n);
        }

        _pieceWeights = new double[pieces];
        _pieceModes = new int[pieces];
        _weights = new double[pieces];
    }

    /// <inheritdoc/>
    /// <remarks>Guards are asked at the start of each part.</remarks>
    public override bool CanDivideSteps => true;

    /// <inheritdoc/>
    public override bool DependsOnState => true;

    /// <inheritdoc/>
    public override ModeSwitching Fork() => new GuardSwitching(_states, ModeCount, _transitions, _geometry);

    /// <inheritdoc/>
    internal override void CheckStates(int states) => CovarianceFactor.CheckCount("switching.states", _states.Length, states);

    /// <inheritdoc/>
    internal override void Divide(
        int mode, double from, double to, GaussianBelief belief, Span<double> probabilities, ReadOnlySpan<GaussianBelief> parts)
    {
        GaussianBelief rest = _pieces[0];
        rest.CopyFrom(belief);
        double left = 1.0;
        int count = 1;
        foreach (GuardPassage passage in _passages)
        {
            if (passage.From == mode && left > 0.0)
            {
                double share = passage.Split(from, rest, _pieces[count]);
                _pieceWeights[count] = left * share;
                _pieceModes[count++] = passage.To;
                left *= 1.0 - share;
            }
        }

        (_pieceWeights[0], _pieceModes[0]) = (left, mode);
        for (int target = 0; target < ModeCount; target++)
        {
            probabilities[target] = Collect(target, count, parts[target]);
        }
    }

    // All that goes to one mode, as one Gaussian.
    private double Collect(int target, int count, GaussianBelief part)
    {
        double sum = 0.0;
        for (int i = 0; i < count; i++)
        {
            sum += _weights[i] = _pieceModes[i] == target ? _pieceWeights[i] : 0.0;
        }

        if (sum > 0.0)
        {
            for (int i = 0; i < count; i++)
            {
                _weights[i] /= sum;
            }

            _mixture.Match(_weights.AsSpan(0, count), _pieces, _geometry, part);
        }

        return sum;
    }

    private void Check()
    {
        var findings = new List<Finding>();
        if (_geometry.Dimension != _states.Length)
        {
            findings.Add(new Finding(
                "switching.geometry", FormattableString.Invariant($"a geometry of {_geometry.Dimension} numbers for {_states.Length} states"), "Give one for the states."));
        }

        for (int i = 0; i < _transitions.Length; i++)
        {
            GuardedTransition transition = _transitions[i];
            string where = FormattableString.Invariant($"switching.transitions[{i}]");
            foreach (int mode in new[] { transition.From, transition.To })
            {
                if (mode < 0 || mode >= ModeCount)
                {
                    findings.Add(new Finding(
                        where, FormattableString.Invariant($"there is no mode {mode}"), FormattableString.Invariant($"Modes are 0 to {ModeCount - 1}.")));
                }
            }

            if (!(transition.Deviation >= 0.0 && double.IsFinite(transition.Deviation)))
            {
                findings.Add(new Finding(
                    where, FormattableString.Invariant($"the deviation {transition.Deviation}"), "Give a finite number that is not negative."));
            }

            findings.AddRange(transition.Reset.Where(entry => !_states.Contains(entry.State)).Select(entry => new Finding(
                where, $"the reset of an unknown state '{entry.State}'", Suggestions.For(entry.State, _states))));
        }

        if (findings.Count > 0)
        {
            throw new ModelException(findings);
        }
    }
}
