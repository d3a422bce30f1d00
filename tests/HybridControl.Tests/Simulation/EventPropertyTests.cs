using System.Diagnostics;
using HybridControl.Simulation;

namespace HybridControl.Tests.Simulation;

/// <summary>Twenty thousand random hybrid models with known events: none missed, none twice, none out of order.</summary>
public class EventPropertyTests
{
    private const int Cases = 20_000;

    [Test]
    public void Random_models_have_exactly_the_events_of_their_closed_forms()
    {
        EventFamily[] families = [.. TimeGuardFamilies.All, .. StateGuardFamilies.All];
        var tally = new Tally();
        long start = Stopwatch.GetTimestamp();
        int perFamily = (Cases + families.Length - 1) / families.Length;
        for (int f = 0; f < families.Length; f++)
        {
            EventFamily family = families[f];
            int drawn = 0;
            int events = tally.Expected;
            for (int seed = 0; drawn < perFamily; seed++)
            {
                var random = new Random((f * 1_000_003) + seed);
                if (family.Draw(random) is { } draw)
                {
                    drawn++;
                    Check(family, draw, seed, tally);
                }
            }

            TestContext.Out.WriteLine($"{family.Name,-14} {drawn,6} cases {tally.Expected - events,7} events");
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        TestContext.Out.WriteLine(FormattableString.Invariant(
            $"{tally.Cases} cases, {tally.Expected} events expected; missed {tally.Missed}, extra {tally.Extra}, out of order {tally.Order}, late or early {tally.Time}, instants split {tally.Split}, runs that failed {tally.Failed}; largest error {tally.Worst:E1} of the tolerance; {tally.Touches} touches, {tally.Pieces} pieces, {tally.NotBounded} not bounded, {tally.FloorHits} floor hits; {seconds:F1} s"));
        Assert.Multiple(() =>
        {
            Assert.That(tally.Messages.Take(12), Is.Empty);
            Assert.That(tally.Cases, Is.GreaterThanOrEqualTo(Cases));
            Assert.That(tally.NotBounded, Is.Zero);
        });
    }

    private static void Check(EventFamily family, EventCase draw, int seed, Tally tally)
    {
        Trajectory run = family.Model.TrySimulate(draw.Until, new SimulationOptions
        {
            StartTime = draw.Start,
            Values = draw.Values,
            Solver = draw.Solver,
            Recording = Recording.Events,
        });
        tally.Cases++;
        tally.Expected += draw.Expected.Length;
        tally.Touches += run.Statistics.Touches;
        tally.Pieces += run.Statistics.Pieces;
        tally.FloorHits += run.Statistics.FloorHits;
        tally.NotBounded += run.Statistics.NotBounded;
        string? problem = null;
        if (run.Status != RunStatus.Completed)
        {
            tally.Failed++;
            problem = run.Reason;
        }
        else if (run.Jumps.Length != draw.Expected.Length)
        {
            tally.Missed += Math.Max(0, draw.Expected.Length - run.Jumps.Length);
            tally.Extra += Math.Max(0, run.Jumps.Length - draw.Expected.Length);
            problem = "another number of events";
        }
        else if (!run.Jumps.Select(jump => jump.Transition).SequenceEqual(draw.Expected.Select(e => e.Name)))
        {
            tally.Order++;
            problem = "another order";
        }
        else
        {
            problem = CheckTimes(draw, run, tally);
        }

        if (problem is not null)
        {
            tally.Messages.Add(FormattableString.Invariant($"{family.Name} {seed}: {problem}\n  values {string.Join(' ', draw.Values.Select(v => $"{v.Key}={v.Value:R}"))} from {draw.Start:R} to {draw.Until:R} {draw.Solver.Name} max {draw.Solver.MaximumStep:R}\n  expected {string.Join(' ', draw.Expected.Select(e => $"{e.Name}@{e.Time:R}"))}\n  found    {string.Join(' ', run.Jumps.Select(jump => $"{jump.Transition}@{jump.Time:R}"))}"));
        }
    }

    private static string? CheckTimes(EventCase draw, Trajectory run, Tally tally)
    {
        string? problem = null;
        for (int i = 0; i < draw.Expected.Length; i++)
        {
            double error = Math.Abs(run.Jumps[i].Time - draw.Expected[i].Time) / draw.Tolerance;
            tally.Worst = Math.Max(tally.Worst, error);
            if (error > 1.0)
            {
                tally.Time++;
                problem = $"event {i} is off by {error} tolerances";
            }

            if (i > 0 && draw.Expected[i].Time == draw.Expected[i - 1].Time && run.Jumps[i].Time != run.Jumps[i - 1].Time)
            {
                tally.Split++;
                problem = $"events {i - 1} and {i} are one instant";
            }
        }

        return problem;
    }

    private sealed class Tally
    {
        public int Cases, Expected, Missed, Extra, Order, Time, Split, Failed;
        public long Touches, Pieces, NotBounded, FloorHits;
        public double Worst;
        public List<string> Messages { get; } = [];
    }
}
