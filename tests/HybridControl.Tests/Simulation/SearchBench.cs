using HybridControl.Numerics;
using HybridControl.Simulation;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

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
        Search = new EventSearch(stateCount, 2, [Set], EventSearch.MostDegree);
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

    /// <summary>All events of the step: each one ends the step, the rest is a new step.</summary>
    /// <param name="degree">Degree of the polynomials.</param>
    /// <param name="c">Their coefficients.</param>
    /// <param name="tolerance">Largest bracket.</param>
    /// <param name="jumps">Whether a jump without reset stands between: guards are classed anew.</param>
    public List<(int Guard, EventDirections Direction, double Time)> Events(
        int degree, double[] c, double tolerance, bool jumps = true)
    {
        var events = new List<(int, EventDirections, double)>();
        double t0 = T0, h = H;
        double[] rest = [.. c];
        var served = new double[States.Length];
        served.AsSpan().Fill(double.NegativeInfinity);
        for (int round = 0; round < 1000; round++)
        {
            Search.BeginStep(t0, h, degree, rest);
            SearchOutcome outcome = Search.Search(States, Wanted, tolerance);
            if (outcome.Status is SearchStatus.Clear or SearchStatus.Invalid)
            {
                return events;
            }

            double at = t0 + (h * outcome.Theta);
            var due = new EventDirections[States.Length];
            foreach (GuardRecord record in Search.Due)
            {
                events.Add((record.Guard, record.Direction, at));
                due[record.Guard] = record.Direction;
            }

            GuardProbe[] before = [.. Enumerable.Range(0, States.Length).Select(i => Search.ProbeStep(i, outcome.Theta))];
            rest = Tail(degree, rest, outcome.Theta);
            t0 = at;
            h = T0 + H - at;
            if (!(h > 0.0))
            {
                return events;
            }

            if (jumps && outcome.Status == SearchStatus.Event)
            {
                Search.BeginStep(t0, h, degree, rest);
                for (int i = 0; i < due.Length; i++)
                {
                    // Served at this instant, be it by the last jump or by an earlier one.
                    served[i] = due[i] == EventDirections.Up ? at : served[i];
                    Classify(i, at - served[i] <= 2 * tolerance, before[i], tolerance);
                }
            }
        }

        throw new InvalidOperationException("More than 1000 events in a step.");
    }

    private void Classify(int guard, bool executed, GuardProbe before, double tolerance)
    {
        GuardProbe after = Search.ProbeStep(guard, 0.0);
        double band = (Math.Abs(before.Rate) * tolerance) + (4.0 * before.Error);
        bool served = executed && after.Rate > after.RateError;
        GuardState.Classify(after.Value, band, Math.Abs(before.Value) <= band, served, out States[guard]);
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
}
