using BenchmarkDotNet.Attributes;
using HybridControl.Automata;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Benchmarks.Simulation;

/// <summary>What does a guard cost on a step: dismissed at once, decided as an affine polynomial, or cut into pieces?</summary>
[MemoryDiagnoser]
public class EventSearchBenchmarks
{
    // x = -0.5 + theta + 0.1 theta^2: it rises through zero near theta = 0.477.
    private readonly double[] _x = [-0.5, 1.0, 0.1, 0.0, 0.0];
    private readonly GuardState[] _states = new GuardState[1];
    private GuardSet _affine = null!;
    private GuardSet _curved = null!;
    private EventSearch _search = null!;

    [GlobalSetup]
    public void Prepare()
    {
        HybridAutomaton model = HybridAutomaton.Build("guards", h =>
        {
            Expr x = h.State("x");
            ModeBuilder a = h.Mode("affine").Flow(x, 1.0);
            ModeBuilder b = h.Mode("curved").Flow(x, 1.0);
            h.Transition(a, a).Guard(x >= 0.0).Edge();
            h.Transition(b, b).Guard(Expr.Sin(x) + (0.01 * x * x) >= 0.0).Edge();
        });
        ModeRuntimes modes = ModeRuntimes.For(model.Compiled, new DormandPrince5());
        (_affine, _curved) = (modes[0].Guards, modes[1].Guards);
        _search = new EventSearch(1, model.Compiled.DataCount, [_affine, _curved]);
    }

    [Benchmark]
    public int DismissAffine() => Search(_affine, start: -5.0);

    [Benchmark]
    public int DismissCurved() => Search(_curved, start: -1.8);

    [Benchmark]
    public int DecideAffine() => Search(_affine, start: -0.5);

    [Benchmark]
    public int SearchPieces() => Search(_curved, start: -0.5);

    private int Search(GuardSet set, double start)
    {
        _x[0] = start;
        _states[0] = new GuardState { Side = -1 };
        _search.Bind(set, []);
        _search.BeginStep(0.0, 1.0, 4, _x);
        return (int)_search.Search(_states, [EventDirections.Up], 1e-13).Status;
    }
}
