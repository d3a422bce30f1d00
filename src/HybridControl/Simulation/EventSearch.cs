using System.Diagnostics.CodeAnalysis;
using HybridControl.Numerics;
using HybridControl.Solvers;
using AffineTerm = HybridControl.Simulation.BoundGuards.AffineTerm;

namespace HybridControl.Simulation;

/// <summary>Finds the earliest event of a step, and proves that there is none before it.</summary>
/// <remarks>
/// One per trajectory; all buffers are made here, a search allocates nothing. Not thread-safe.
/// Per mode: <see cref="Bind"/> (also whenever data change). Per accepted step: <see cref="BeginStep(Stepper)"/>, then
/// <see cref="Search"/> with the guard states of the previous step. Per jump: <see cref="ProbeStep"/> before,
/// <see cref="Probe"/> after, <see cref="GuardState.Classify"/>. What is proved stands in docs/theory/event-location.md.
/// Cost: a dismissed guard costs one to three evaluations; a piece two evaluations on jets.
/// Open to a twin that proves less, so that the price of the proof can be measured.
/// </remarks>
internal partial class EventSearch
{
    private readonly int _dataCount;
    private readonly double[] _c;
    private readonly double[] _x;
    private readonly double[] _weights;
    private readonly Ball[] _stepBalls;
    private readonly Ball[] _pointBalls;
    private readonly Jet[] _pieceJets;
    private readonly Jet[] _pointJets;
    private readonly List<BoundGuards> _known = [];
    private Dictionary<GuardSet, BoundGuards>? _knownOf; // where there are many

    private Ball[] _registers = [];
    private Ball[] _coefficients = [];
    private GuardState[] _saved = [];
    private int[] _escalated = [];
    private GuardRecord[] _found = [];
    private GuardState[] _foundState = [];
    private double[] _searchedTo = [];
    private GuardRecord[] _due = [];
    private GuardRecord[] _touches = new GuardRecord[16];
    private BoundGuards _guards;
    private GuardSet _set;
    private GuardStatistics[] _statistics;
    private double[] _data;
    private AffineTerm[] _terms;
    private int[] _firstForm;
    private int[] _firstTerm;
    private double _t0;
    private double _h = 1.0;
    private bool _haveStepBalls;
    private int _dueCount;
    private int _touchCount;

    /// <summary>Creates a search.</summary>
    /// <param name="stateCount">The largest number of states of any mode.</param>
    /// <param name="dataCount">The length of the data block.</param>
    /// <param name="sets">Guard sets that will be bound; another one makes room for itself when it is first bound.</param>
    /// <param name="degree">The highest degree of a dense output, 12 at most.</param>
    public EventSearch(int stateCount, int dataCount, IReadOnlyList<GuardSet> sets, int degree = Quartic)
    {
        _stride = StrideOf(degree);
        _degree = degree;
        _dataCount = dataCount;
        _c = new double[stateCount * _stride];
        _weights = new double[_stride];
        _x = new double[stateCount];
        _stepBalls = new Ball[stateCount];
        _pointBalls = new Ball[stateCount];
        _pieceJets = new Jet[stateCount];
        _pointJets = new Jet[stateCount];
        foreach (GuardSet set in sets)
        {
            Admit(set);
        }

        TakeGuards(_known[0]);
    }

    /// <summary>The guards due at the end of the last search, in the order of the set; the first found is not special.</summary>
    public ReadOnlySpan<GuardRecord> Due => _due.AsSpan(0, _dueCount);

    /// <summary>The touches up to the end of the last search, grouped by guard; beyond the buffer they are only counted.</summary>
    public ReadOnlySpan<GuardRecord> Touches => _touches.AsSpan(0, _touchCount);

    /// <summary>How far the states of a probe may lie from what they stand for; null where they are what they are.</summary>
    public double[]? Radii { get; set; }

    /// <summary>Takes the guards of a mode and the data they read; call it again whenever data change.</summary>
    public void Bind(GuardSet set, ReadOnlySpan<double> data)
    {
        if (!ReferenceEquals(set, _set))
        {
            TakeGuards(Admit(set));
        }

        if (!_guards.Takes(data))
        {
            return;
        }

        int forms = 0;
        int terms = 0;
        for (int i = 0; i < set.Count; i++)
        {
            _firstForm[i] = forms;
            foreach (AffineForm form in set[i].Parts.Forms)
            {
                _firstTerm[forms++] = terms;
                terms = BindForm(form, data, terms);
            }
        }

        _firstForm[set.Count] = forms;
        _firstTerm[forms] = terms;
        _composition++;
    }

    [MemberNotNull(nameof(_guards), nameof(_set), nameof(_statistics), nameof(_data), nameof(_terms), nameof(_firstForm), nameof(_firstTerm))]
    private void TakeGuards(BoundGuards guards)
    {
        _composition++;
        _guards = guards;
        _set = guards.Set;
        _statistics = guards.Statistics;
        _data = guards.Data;
        _terms = guards.Terms;
        _firstForm = guards.FirstForm;
        _firstTerm = guards.FirstTerm;
    }

    private int BindForm(AffineForm form, ReadOnlySpan<double> data, int terms)
    {
        form.Evaluate(data, _registers, _coefficients);
        int n = form.States.Length;
        double rounding = Ball.Widening + (n * Ball.Epsilon);
        for (int k = 0; k < n + 2; k++)
        {
            Ball c = _coefficients[k];
            double weight = double.IsInfinity(c.Centre) ? 0.0 : ((rounding * Math.Abs(c.Centre)) + c.Radius) * Ball.Up;
            _terms[terms++] = new(k < 2 ? -1 : form.States[k - 2], c.Centre, Math.Abs(c.Centre) + weight, weight);
        }

        return terms;
    }

    /// <summary>Takes the dense output of a step.</summary>
    /// <param name="t0">Start of the step.</param>
    /// <param name="h">Its length, positive.</param>
    /// <param name="degree">Degree of the polynomials, from 1 to that of the search.</param>
    /// <param name="coefficients">Power coefficients in theta = (t - t0) / h: state i has its term k at i * (degree + 1) + k.</param>
    public void BeginStep(double t0, double h, int degree, ReadOnlySpan<double> coefficients)
    {
        int stride = degree + 1;
        foreach (int i in _set.States)
        {
            coefficients.Slice(i * stride, stride).CopyTo(CoefficientsOf(i));
            CoefficientsOf(i)[stride..].Clear();
        }

        BeginStep(t0, h, degree);
    }

    /// <summary>Takes a step whose dense output of a degree was written to <see cref="CoefficientsOf"/>.</summary>
    protected void BeginStep(double t0, double h, int degree)
    {
        _degree = degree;
        _t0 = t0;
        _h = h;
        _floor = Ball.Widening * Math.Max(1.0, Math.Abs(t0 / h));
        _haveStepBalls = false;
        _composition++;
    }

    /// <summary>Takes the pending step of a stepper, with the dense output of every state that occurs in a guard.</summary>
    public virtual void BeginStep(Stepper stepper)
    {
        WriteDense(stepper);
        BeginStep(stepper.Time, stepper.Size, stepper.StepDegree);
    }

    /// <summary>Fetches the dense output of every state that occurs in a guard.</summary>
    protected void WriteDense(Stepper stepper)
    {
        stepper.WriteDense(_set.States, _c, _stride);
    }

    /// <summary>Where the dense output of a state goes: power coefficients in theta, zeros above the degree.</summary>
    public Span<double> CoefficientsOf(int state) => _c.AsSpan(state * _stride, _stride);

    /// <summary>Searches the step for the earliest wanted event.</summary>
    /// <param name="states">The states of the guards at the start of the step; on return, at the end that is reported.</param>
    /// <param name="wanted">For each guard, which events end the step.</param>
    /// <param name="tolerance">tau: the largest width of a bracket, in seconds.</param>
    /// <param name="end">Where to stop, in theta.</param>
    public SearchOutcome Search(
        Span<GuardState> states, ReadOnlySpan<EventDirections> wanted, double tolerance, double end = 1.0)
    {
        _tolerance = Math.Max(tolerance / _h, 4.0 * Ball.Epsilon);
        _end = end;
        _dueCount = _touchCount = 0;
        var best = new SearchOutcome(SearchStatus.Clear, -1, EventDirections.None, end, 0.0);
        int escalated = 0;
        for (int i = 0; i < _set.Count; i++)
        {
            _saved[i] = states[i];
            if (TryDismiss(i, ref states[i], wanted[i]))
            {
                continue;
            }

            _escalated[escalated++] = i;
            _statistics[i].Escalated++;
            int touches = _touchCount;
            SearchOutcome outcome = SearchGuard(i, ref states[i], wanted[i], best.Theta);
            _searchedTo[i] = best.Theta;
            _found[i] = new(-1, EventDirections.None, 0.0, 0.0);
            if (outcome.Status == SearchStatus.Invalid)
            {
                _saved.AsSpan(0, i + 1).CopyTo(states);
                return outcome;
            }

            if (outcome.Status == SearchStatus.Clear && _touchCount == touches)
            {
                NoteMiss(i, in _saved[i], in states[i], wanted[i], best.Theta);
            }
            else if (outcome.Status == SearchStatus.Event)
            {
                _found[i] = new(i, outcome.Direction, outcome.Theta, outcome.Left);
                _foundState[i] = states[i];
            }

            if (outcome.Status != SearchStatus.Clear &&
                (outcome.Theta < best.Theta || best.Status != SearchStatus.Event))
            {
                best = outcome;
            }
        }

        return best.Status == SearchStatus.Clear ? best : Settle(states, wanted, best, escalated);
    }

    /// <summary>Ends every escalated guard at the same theta, and collects those that are due there.</summary>
    private SearchOutcome Settle(
        Span<GuardState> states, ReadOnlySpan<EventDirections> wanted, SearchOutcome best, int escalated)
    {
        bool isEvent = best.Status == SearchStatus.Event;
        for (int k = 0; k < escalated; k++)
        {
            int i = _escalated[k];
            if (i == best.Guard)
            {
                if (isEvent)
                {
                    AddDue(_found[i]);
                }

                continue; // a cut leaves its guard where it was cut
            }

            if (isEvent && _found[i].Guard >= 0 && _found[i].Left <= best.Theta)
            {
                states[i] = _foundState[i];
                AddDue(_found[i]);
                continue;
            }

            if (_found[i].Guard >= 0 || _searchedTo[i] != best.Theta)
            {
                ForgetTouches(i);
                states[i] = _saved[i];
                SearchOutcome again = SearchGuard(i, ref states[i], wanted[i], best.Theta);
                if (isEvent && again.Status == SearchStatus.Event)
                {
                    AddDue(new(i, again.Direction, again.Theta, again.Left));
                    continue;
                }
            }

            if (isEvent && wanted[i] != EventDirections.None)
            {
                CollectTie(i, ref states[i], wanted[i], best.Theta);
            }
        }

        return best;
    }

    /// <summary>
    /// A guard that is still undecided at an event of another may have its root within the same bracket: search it on,
    /// beyond the event, and take it as due if so. At the end of a step that is a bracket beyond the step: an instant must
    /// not fall apart because a step ends in it.
    /// </summary>
    private void CollectTie(int i, ref GuardState state, EventDirections wanted, double theta)
    {
        Select(i);
        if (!IsNearSurface(in state, theta) && !IsNearSurface(in state, theta + (0.5 * _tolerance)))
        {
            return;
        }

        int touches = _touchCount;
        GuardState trial = _saved[i];
        SearchOutcome outcome = SearchGuard(i, ref trial, wanted, Math.Max(_end, theta + _tolerance));
        _touchCount = touches;
        if (outcome.Status == SearchStatus.Event && outcome.Left <= theta)
        {
            state = trial;
            AddDue(new(i, outcome.Direction, outcome.Theta, outcome.Left));
        }
    }

    private bool IsNearSurface(in GuardState state, double theta)
    {
        Sample(theta, out double g, out double error);
        double s = state.Side < 0 ? g : -g;
        return s >= -state.SettleThreshold - (4.0 * error);
    }

    private void AddDue(GuardRecord record) => _due[_dueCount++] = record;

    private void AddTouch(int guard, double theta)
    {
        _statistics[guard].Touches++;
        if (_touchCount < _touches.Length)
        {
            _touches[_touchCount++] = new(guard, EventDirections.Touch, theta, theta);
        }
    }

    private void ForgetTouches(int guard)
    {
        int kept = 0;
        for (int i = 0; i < _touchCount; i++)
        {
            if (_touches[i].Guard != guard)
            {
                _touches[kept++] = _touches[i];
            }
            else
            {
                _statistics[guard].Touches--;
            }
        }

        _touchCount = kept;
    }
}
