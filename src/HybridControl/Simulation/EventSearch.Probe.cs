using System.Runtime.InteropServices;
using HybridControl.Numerics;
using AffineTerm = HybridControl.Simulation.BoundGuards.AffineTerm;

namespace HybridControl.Simulation;

/// <content>Guards and their rates of change at a point: what jumps are judged by.</content>
internal partial class EventSearch
{
    /// <summary>A guard and its rate of change at a point of the step: the left limit at an event.</summary>
    public GuardProbe ProbeStep(int guard, double theta)
    {
        Select(guard);
        PointJet(theta, out Jet jet);
        double g = SampleValue(theta);
        return new(g, KnownError(g, jet.Value.Radius), jet.Slope.Centre / _h, jet.Slope.Radius / _h);
    }

    /// <summary>A guard and its rate of change at a state, with the data last bound: the right limit after a jump.</summary>
    /// <param name="guard">Index in the set.</param>
    /// <param name="t">Time.</param>
    /// <param name="x">States.</param>
    /// <param name="rate">The flow there, dx/dt.</param>
    public GuardProbe Probe(int guard, double t, ReadOnlySpan<double> x, ReadOnlySpan<double> rate)
    {
        GuardFunction function = _set[guard];
        if (Radii is null && _set.Shapes[guard] == GuardShape.Affine)
        {
            return ProbeAffine(guard, t, x, rate);
        }

        foreach (int i in _set.States)
        {
            _x[i] = x[i];
            _pointJets[i] = new(
                new(x[i], (Ball.Widening * Math.Abs(x[i])) + Ball.Tiny + (Radii is null ? 0.0 : Radii[i])), new(rate[i], Ball.Widening * Math.Abs(rate[i])), default);
        }

        double g = function.Evaluate(t, ref First(_x), ref First(_data));
        if (!function.IsBounded)
        {
            return new(g, Ball.Widening * Math.Abs(g), double.NaN, double.PositiveInfinity);
        }

        Jet time = new(new(t, Ball.Widening * Math.Abs(t)), Ball.Constant(1.0), default);
        Jet jet = function.Evaluate(time, ref First(_pointJets), ref First(_data));
        return new(g, KnownError(g, jet.Value.Radius), jet.Slope.Centre, jet.Slope.Radius);
    }

    // Twice the rounding of the composed polynomial: here the states and their rates err as well.
    private GuardProbe ProbeAffine(int guard, double t, ReadOnlySpan<double> x, ReadOnlySpan<double> rate)
    {
        double g = _set[guard].Evaluate(t, ref MemoryMarshal.GetReference(x), ref First(_data));
        int form = _firstForm[guard];
        ReadOnlySpan<AffineTerm> terms = _terms.AsSpan(_firstTerm[form].._firstTerm[form + 1]);
        double error = terms[0].Weight + (terms[1].Weight * Math.Abs(t));
        double slope = terms[1].Coefficient;
        double slopeError = terms[1].Weight;
        foreach (AffineTerm term in terms[2..])
        {
            error += term.Weight * Math.Abs(x[term.State]);
            slope += term.Coefficient * rate[term.State];
            slopeError += term.Weight * Math.Abs(rate[term.State]);
        }

        return new(g, KnownError(g, (2.0 * error) + Ball.Tiny), slope, (2.0 * slopeError) + Ball.Tiny);
    }
}
