using HybridControl.Numerics;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Simulation;

/// <summary>Guards and a search over a step with chosen polynomials, for the tests of this folder.</summary>
internal sealed class SearchBench
{
    public SearchBench(int stateCount, params ReadOnlySpan<Func<Expr, Expr[], Expr>> guards)
    {
        var slots = new SlotMap();
        var x = new Expr[stateCount];
        for (int i = 0; i < stateCount; i++)
        {
            x[i] = Expr.Variable(VariableKind.State, $"x{i}");
            slots.Add(VariableKind.State, $"x{i}");
        }

        var p = Expr.Variable(VariableKind.Parameter, "p");
        var q = Expr.Variable(VariableKind.Parameter, "q");
        slots.Add(VariableKind.Parameter, "p");
        slots.Add(VariableKind.Parameter, "q");
        P = p;
        Q = q;
        var functions = new List<GuardFunction>();
        var graph = new ExprGraph(slots);
        Expr[] variables = [.. x, p, q];
        foreach (Func<Expr, Expr[], Expr> guard in guards)
        {
            int node = graph.Add(guard(Expr.Time, variables));
            functions.Add(ProgramGuard.Create($"g{functions.Count}", graph, node));
        }

        Set = new GuardSet(stateCount, functions);
        Search = new EventSearch(stateCount, 2, [Set]);
        States = new GuardState[functions.Count];
        Wanted = new EventDirections[functions.Count];
        Wanted.AsSpan().Fill(EventDirections.Both);
        StateCount = stateCount;
    }

    public Expr P { get; }

    public Expr Q { get; }

    public int StateCount { get; }

    public GuardSet Set { get; }

    public EventSearch Search { get; }

    public GuardState[] States { get; }

    public EventDirections[] Wanted { get; }

    public double T0 { get; set; }

    public double H { get; set; } = 1.0;

    /// <summary>Binds data, and starts every guard on the side of its value at the start of the step.</summary>
    public void Start(int degree, double[] c, params ReadOnlySpan<double> data)
    {
        double[] padded = [.. data, .. new double[2 - data.Length]];
        Search.Bind(Set, padded);
        Search.BeginStep(T0, H, degree, c);
        for (int i = 0; i < States.Length; i++)
        {
            GuardProbe probe = Search.ProbeStep(i, 0.0);
            States[i] = GuardState.Start(probe.Value, probe.Error);
        }
    }

    /// <summary>All events of the step, by stopping at each one and searching the rest as a new step.</summary>
    public List<(int Guard, EventDirections Direction, double Time)> Events(int degree, double[] c, double tolerance)
    {
        var events = new List<(int, EventDirections, double)>();
        double t0 = T0, h = H;
        double[] rest = [.. c];
        for (int round = 0; round < 1000; round++)
        {
            Search.BeginStep(t0, h, degree, rest);
            SearchOutcome outcome = Search.Search(States, Wanted, tolerance);
            if (outcome.Status is SearchStatus.Clear or SearchStatus.Invalid)
            {
                return events;
            }

            double at = t0 + (h * outcome.Theta);
            if (outcome.Status == SearchStatus.Event)
            {
                foreach (GuardRecord due in Search.Due)
                {
                    events.Add((due.Guard, due.Direction, at));
                }
            }

            double theta = (at - T0) / H;
            rest = Tail(degree, c, theta);
            t0 = at;
            h = T0 + H - at;
            if (!(h > 0.0))
            {
                return events;
            }
        }

        throw new InvalidOperationException("More than 1000 events in a step.");
    }

    /// <summary>The polynomials of the rest of the step from theta on, in its own theta.</summary>
    public double[] Tail(int degree, double[] c, double theta)
    {
        double[] rest = new double[c.Length];
        double left = 1.0 - theta;
        for (int s = 0; s < StateCount; s++)
        {
            for (int k = 0; k <= degree; k++)
            {
                double sum = 0.0;
                double binomial = 1.0;
                for (int j = k; j <= degree; j++)
                {
                    sum += binomial * c[(s * (degree + 1)) + j] * Math.Pow(theta, j - k);
                    binomial = binomial * (j + 1) / (j + 1 - k);
                }

                rest[(s * (degree + 1)) + k] = sum * Math.Pow(left, k);
            }
        }

        return rest;
    }

    /// <summary>Every flip and touch of guard 0 in one search that nothing stops.</summary>
    public List<double> Touches() => [.. Search.Touches.ToArray().Select(record => record.Theta)];
}
