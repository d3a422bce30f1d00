using HybridControl.Automata;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HeartSurface;

/// <summary>The truth: a ring of excitable tissue in which fronts run away from where a beat begins.</summary>
/// <remarks>
/// Equations of R. FitzHugh (1961) and J. Nagumo (1962) in the form of R. R. Aliev and A. V. Panfilov, Chaos, Solitons and Fractals 7
/// (1996), 293-301, without their voltage-dependent recovery: v' = D (v_(i-1) - 2 v_i + v_(i+1)) + 8 v (v - 0.15)(1 - v) - w,
/// w' = 0.002 (4 v - w). The pacemaker is a mode: it drives the tissue around the origin for one unit of time, then lets it go.
/// The ring has twice as many nodes as estimators use, so that no estimator's grid is the one of the truth.
/// </remarks>
public sealed class HeartRing
{
    private const double Pacing = 1.0;

    private readonly int _nodes;
    private readonly HybridAutomaton _model;

    /// <summary>Makes a ring that shows every second of 2 n nodes.</summary>
    public HeartRing(int shown)
    {
        _nodes = 2 * shown;
        _model = Build(_nodes);
    }

    /// <summary>One beat: potentials of the shown nodes at the times step, 2 step, ...</summary>
    /// <param name="origin">Where it begins, as a fraction of the circumference.</param>
    /// <param name="step">Time between samples.</param>
    /// <param name="samples">The number of samples.</param>
    public double[][] Beat(double origin, double step, int samples)
    {
        Trajectory run = Scenario.For(_model).At(0.0, ("origin", origin * _nodes)).Simulate(step * samples);
        var potentials = new double[samples][];
        for (int k = 0; k < samples; k++)
        {
            ModelState state = run.At((k + 1) * step);
            potentials[k] = [.. Enumerable.Range(0, _nodes / 2).Select(i => state.States[2 * i])];
        }

        return potentials;
    }

    private static HybridAutomaton Build(int nodes) => HybridAutomaton.Build("heart-ring", h =>
    {
        Expr origin = h.Parameter("origin", 0.0);
        Expr[] v = [.. Enumerable.Range(0, nodes).Select(i => h.State($"v{i}"))];
        Expr[] w = [.. Enumerable.Range(0, nodes).Select(i => h.State($"w{i}"))];
        ModeBuilder paced = h.Mode("paced");
        ModeBuilder free = h.Mode("free");
        for (int i = 0; i < nodes; i++)
        {
            Expr spread = 4.0 * (v[(i + nodes - 1) % nodes] - (2.0 * v[i]) + v[(i + 1) % nodes]);
            Expr tissue = spread + (8.0 * v[i] * (v[i] - 0.15) * (1.0 - v[i])) - w[i];
            Expr distance = nodes * Expr.Sin(Math.PI * (i - origin) / nodes) / Math.PI;
            Expr drive = 1.5 * Expr.Exp(-0.5 * distance * distance / 9.0);
            Expr recovery = 0.002 * ((4.0 * v[i]) - w[i]);
            paced.Flow((v[i], w[i]), (tissue + drive, recovery));
            free.Flow((v[i], w[i]), (tissue, recovery));
        }

        h.Transition(paced, free, "let go").After(Pacing);
    });
}
