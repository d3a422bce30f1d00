using HybridControl.Numerics;
using HybridControl.Simulation;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Simulation;

/// <summary>Several guards in one step, guards across steps, latches and refusals.</summary>
public class EventSearchOrderTests
{
    private const double Tolerance = 1e-13;

    [Test]
    public void Several_guards_fire_in_order_and_all_states_stand_at_the_reported_time()
    {
        var bench = new SearchBench(
            2,
            (t, v) => v[0] - 0.3,
            (t, v) => Expr.Sin(30.0 * v[1]),
            (t, v) => v[0] * v[1] - 0.2,
            (t, v) => v[2] - t);
        var random = new Random(31);
        int events = 0;
        for (int draw = 0; draw < 1500; draw++)
        {
            double[] c = [.. Enumerable.Range(0, 10).Select(_ => random.NextDouble() - 0.5)];
            bench.Start(4, c, random.NextDouble());
            SearchOutcome outcome = bench.Search.Search(bench.States, bench.Wanted, Tolerance);
            double last = outcome.Status == SearchStatus.Event ? outcome.Theta : 1.0;
            events += outcome.Status == SearchStatus.Event ? 1 : 0;
            var due = bench.Search.Due.ToArray().ToDictionary(record => record.Guard);
            for (int guard = 0; guard < 4; guard++)
            {
                double start = bench.Search.ProbeStep(guard, 0.0).Value;
                int side = start >= 0.0 ? 1 : -1;
                for (int i = 0; i < 200; i++)
                {
                    // No sample before the event is on the other side.
                    GuardProbe probe = bench.Search.ProbeStep(guard, last * i / 200.0);
                    Assert.That(side * probe.Value, Is.GreaterThan(-8 * probe.Error), $"draw {draw}, guard {guard}, {i}");
                }

                Assert.That(bench.States[guard].Side, Is.EqualTo(due.ContainsKey(guard) ? -side : side));
            }
        }

        Assert.That(events, Is.GreaterThan(1000));
    }

    [Test]
    public void Simultaneous_guards_are_all_due_whatever_their_form_and_order()
    {
        var bench = new SearchBench(
            1,
            (t, v) => v[0],
            (t, v) => v[0] * 1e-3,
            (t, v) => Expr.Sin(v[0]),
            (t, v) => 0.5 - Expr.Square(t + 0.2),
            (t, v) => Expr.Exp(-v[0]) - 1.0);
        var random = new Random(32);
        for (int draw = 0; draw < 1000; draw++)
        {
            double p = 0.1 + (0.35 * random.NextDouble());
            bench.Start(1, [-p, 1.0]);
            SearchOutcome outcome = bench.Search.Search(bench.States, bench.Wanted, 1e-12);
            Assert.That(outcome.Theta, Is.EqualTo(p).Within(2e-12));
            Assert.That(bench.Search.Due.ToArray().Select(r => r.Guard), Is.EquivalentTo((int[])[0, 1, 2, 4]), $"p = {p:R}");
        }
    }

    [Test]
    public void Unwanted_directions_are_followed_and_do_not_stop_the_search()
    {
        var bench = new SearchBench(0, (t, v) => Expr.Sin(20.0 * t) - 0.5);
        bench.Wanted[0] = EventDirections.Down;
        bench.Start(1, []);
        SearchOutcome down = bench.Search.Search(bench.States, bench.Wanted, Tolerance);
        Assert.That(down.Direction, Is.EqualTo(EventDirections.Down));
        Assert.That(down.Theta, Is.EqualTo(5 * Math.PI / 6 / 20).Within(1e-12));
        bench.Wanted[0] = EventDirections.None;
        bench.Start(1, []);
        Assert.That(bench.Search.Search(bench.States, bench.Wanted, Tolerance).Status, Is.EqualTo(SearchStatus.Clear));
        Assert.That(bench.States[0].Side, Is.EqualTo(Math.Sin(20) >= 0.5 ? 1 : -1));
    }

    [Test]
    public void The_outcome_does_not_depend_on_where_steps_end()
    {
        // A pair of roots and a touch, searched in one step and in random pieces.
        // The state is of size 1, so that its rounding (from cutting the polynomial) is inside the band.
        var bench = new SearchBench(1, (t, v) => v[0] - 1.0);
        var random = new Random(33);
        for (int draw = 0; draw < 500; draw++)
        {
            double p = 0.1 + (0.8 * random.NextDouble());
            double[] c = [1.0 - (p * p), 2.0 * p, -1.0];
            double[] cuts = [0.0, .. Enumerable.Range(0, 4).Select(_ => random.NextDouble()).Order(), 1.0];
            cuts[2] = Math.Clamp(p, cuts[1], cuts[3]);
            int touches = 0;
            bench.Start(2, c);
            for (int i = 0; i + 1 < cuts.Length; i++)
            {
                double[] piece = bench.Tail(2, c, cuts[i]);
                double width = (cuts[i + 1] - cuts[i]) / (1 - cuts[i]);
                if (!(width > 0.0))
                {
                    continue;
                }

                bench.Search.BeginStep(cuts[i], cuts[i + 1] - cuts[i], 2, [piece[0], piece[1] * width, piece[2] * width * width]);
                SearchOutcome outcome = bench.Search.Search(bench.States, bench.Wanted, Tolerance);
                Assert.That(outcome.Status, Is.EqualTo(SearchStatus.Clear), $"p = {p:R}");
                touches += bench.Search.Touches.Length;
            }

            Assert.That(touches, Is.EqualTo(1), $"p = {p:R}");
        }
    }

    [Test]
    public void A_latched_guard_fires_only_past_its_threshold_and_rearms_only_below_it()
    {
        var bench = new SearchBench(1, (t, v) => v[0]);
        Assert.That(GuardState.Classify(1e-9, 1e-8, arrived: true, served: false, out GuardState latched), Is.EqualTo(GuardClass.Latched));
        bench.Start(2, [1e-9, 0.0, 0.0]);

        bench.States[0] = latched; // stays inside the band
        bench.Search.BeginStep(0.0, 1.0, 2, [1e-9, 5e-9, -4e-9]);
        Assert.That(bench.Search.Search(bench.States, bench.Wanted, Tolerance).Status, Is.EqualTo(SearchStatus.Clear));
        Assert.That(bench.States[0].Latched);

        bench.Search.BeginStep(1.0, 1.0, 2, [2e-9, 1e-3, 0.0]); // leaves upwards: an event where it exceeds the threshold
        SearchOutcome outcome = bench.Search.Search(bench.States, bench.Wanted, Tolerance);
        Assert.That(outcome.Direction, Is.EqualTo(EventDirections.Up));
        Assert.That(outcome.Theta, Is.EqualTo(9e-6).Within(1e-12));

        bench.States[0] = latched; // leaves backwards, and comes again: one event, no touch
        bench.Search.BeginStep(1.0, 1.0, 2, [1e-9, -1.0, 2.0]);
        outcome = bench.Search.Search(bench.States, bench.Wanted, Tolerance);
        Assert.That(outcome.Theta, Is.EqualTo(0.5).Within(1e-8));
        Assert.That(bench.Search.Touches.Length, Is.Zero);
    }

    [TestCase(-2.0, true, false, GuardClass.Armed, -1)]
    [TestCase(2.0, true, true, GuardClass.Enabled, 1)]
    [TestCase(0.5, true, true, GuardClass.Served, 1)]
    [TestCase(0.5, true, false, GuardClass.Latched, -1)]
    [TestCase(-0.5, true, false, GuardClass.Latched, -1)]
    [TestCase(0.0, false, false, GuardClass.Enabled, 1)]
    [TestCase(-0.5, false, false, GuardClass.Armed, -1)]
    public void A_guard_is_classed_by_its_value_after_the_jump(
        double gPlus, bool arrived, bool served, object expected, int side)
    {
        Assert.That(GuardState.Classify(gPlus, 1.0, arrived, served, out GuardState state), Is.EqualTo(expected));
        Assert.That(state.Side, Is.EqualTo(side));
    }

    [Test]
    public void A_served_guard_must_fall_below_its_band_before_it_fires_again()
    {
        var bench = new SearchBench(1, (t, v) => v[0]);
        GuardState.Classify(-1e-12, 1e-10, arrived: true, served: true, out GuardState served);
        bench.Start(2, [1.0, 0.0, 0.0]);
        bench.States[0] = served;
        bench.Wanted[0] = EventDirections.Up;
        double[] c = [-1e-12, 1.0, -1.0]; // crosses, and is back at the end
        bench.Search.BeginStep(0.0, 1.0, 2, c);
        Assert.That(bench.Search.Search(bench.States, bench.Wanted, Tolerance).Status, Is.EqualTo(SearchStatus.Clear));
        bench.Search.BeginStep(1.0, 1.0, 2, [-1e-12, -1.0, 2.0]);
        Assert.That(bench.Search.Search(bench.States, bench.Wanted, Tolerance).Theta, Is.EqualTo(0.5).Within(1e-11));
    }

    [Test]
    public void Identically_zero_guards_are_decided_without_pieces_where_affine_and_cut_or_reported_where_not()
    {
        var affine = new SearchBench(1, (t, v) => (v[0] * 3.0) - v[0] - (2.0 * v[0]));
        affine.Start(4, [1.0, 2.0, -3.0, 4.0, 5.0]);
        Assert.That(affine.Search.Search(affine.States, affine.Wanted, Tolerance).Status, Is.EqualTo(SearchStatus.Clear));
        Assert.That(affine.Search.Statistics(affine.Set)[0].Pieces, Is.LessThan(8));

        var other = new SearchBench(1, (t, v) => Expr.Square(Expr.Sin(v[0])) + Expr.Square(Expr.Cos(v[0])) - 1.0);
        other.Start(4, [1.0, 20.0, -3.0, 4.0, 5.0]);
        SearchOutcome outcome = other.Search.Search(other.States, other.Wanted, Tolerance);
        GuardStatistics statistics = other.Search.Statistics(other.Set)[0];
        Assert.That(outcome.Status, Is.EqualTo(SearchStatus.Cut).Or.EqualTo(SearchStatus.Clear));
        Assert.That(statistics.BudgetCuts + statistics.FloorHits + (outcome.Status == SearchStatus.Clear ? 1 : 0), Is.Positive);
    }

    [Test]
    public void A_guard_that_is_no_number_rejects_the_step_and_leaves_all_states_as_they_were()
    {
        var bench = new SearchBench(1, (t, v) => v[0] - 0.5, (t, v) => Expr.Sqrt(0.25 - v[0]) - 2.0, (t, v) => v[0] + 1.0);
        bench.Start(1, [0.0, 1.0]);
        GuardState[] before = [.. bench.States];
        SearchOutcome outcome = bench.Search.Search(bench.States, bench.Wanted, Tolerance);
        Assert.That(outcome.Status, Is.EqualTo(SearchStatus.Event).Or.EqualTo(SearchStatus.Invalid));
        bench.Start(1, [0.3, 1.0]);
        before = [.. bench.States];
        outcome = bench.Search.Search(bench.States, bench.Wanted, Tolerance);
        Assert.That(outcome.Status, Is.EqualTo(SearchStatus.Invalid));
        Assert.That(outcome.Guard, Is.EqualTo(1));
        Assert.That(bench.States, Is.EqualTo(before));
    }

    [Test]
    public void Delegate_guards_are_searched_by_samples_and_extrema()
    {
        var guard = new DelegateGuard("d", 1, 0, (t, x, d) => 1e-6 - ((x[0] - 0.37) * (x[0] - 0.37)));
        var set = new GuardSet(1, [guard]);
        var search = new EventSearch(1, 0, [set]);
        search.Bind(set, []);
        search.BeginStep(0.0, 1.0, 1, [0.0, 1.0]);
        GuardState[] states = [new() { Side = -1 }];
        SearchOutcome outcome = search.Search(states, [EventDirections.Both], Tolerance);
        Assert.That(outcome.Theta, Is.EqualTo(0.369).Within(1e-11));
        Assert.That(search.Statistics(set)[0].NotBounded, Is.EqualTo(1));
    }

    [Test]
    public void A_search_allocates_nothing()
    {
        var bench = new SearchBench(
            2, (t, v) => v[0] - 0.3, (t, v) => Expr.Sin(30.0 * v[1]), (t, v) => Expr.Min(v[0] * v[1] - 0.2, t), (t, v) => v[2] - t);
        double[] c = [0.0, 0.5, -0.3, 0.2, 0.1, -0.01, 0.1, 0.3, -0.2, 0.1];
        bench.Start(4, c, 0.9);
        GuardState[] start = [.. bench.States];
        Allocations.None(
            () =>
            {
                start.CopyTo(bench.States, 0);
                bench.Search.BeginStep(0.0, 1.0, 4, c);
                bench.Search.Search(bench.States, bench.Wanted, Tolerance);
                bench.Search.ProbeStep(1, 0.5);
            },
            calls: 200);
    }
}
