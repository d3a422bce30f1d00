using System.Globalization;
using HybridControl.Automata;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Simulation.Families;

/// <summary>Draws the case with a given number, runs it, and compares its events with what must happen.</summary>
internal sealed class EventTrial(ulong seed)
{
    private const int MonitoredEvery = 64;

    private static readonly EventFamily[] Families =
    [
        .. TimeGuardFamilies.All, .. StateGuardFamilies.All, .. LawFamilies.All, .. GridFamilies.All,
    ];

    private static readonly EventMonitor[] Monitors =
    [
        new("wave", Condition.Compare(Expr.Sin(3.0 * Expr.Time), Relation.GreaterOrEqual, 0.3)),
        new("minute", Condition.Compare(Expr.Time, Relation.GreaterOrEqual, 1.0), EdgeDirection.Up),
    ];

    /// <summary>Runs one case, and returns its family.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="tally">Where to count.</param>
    /// <param name="always">Whether to describe it although it holds.</param>
    public EventFamily Run(long number, EventTally tally, bool always = false)
    {
        EventFamily family = Families[number % Families.Length];
        var random = new KeyedRandom(seed, number);
        EventCase? draw;
        do
        {
            draw = family.Draw(random);
        }
        while (draw is null);
        var options = new SimulationOptions
        {
            StartTime = draw.Start,
            Values = draw.Values,
            Solver = draw.Solver,
            Recording = random.Next(2) == 0 ? Recording.Events : Recording.Everything,
        };
        Trajectory run = family.Model.TrySimulate(draw.Until, options);
        string? problem = Compare(draw, run, tally);
        if (random.Next(MonitoredEvery) == 0)
        {
            Trajectory watched = family.Model.TrySimulate(draw.Until, options with { Monitors = [.. Monitors] });
            if (!watched.Jumps.Select(Bits).SequenceEqual(run.Jumps.Select(Bits)))
            {
                tally.Disturbed++;
                problem ??= "another run with monitors";
            }
        }

        if (always || problem is not null)
        {
            tally.Note(Describe(family, draw, run, number, problem ?? "holds"));
        }

        return family;
    }

    private static (string, long, long) Bits(Jump jump) => (
        jump.Transition, BitConverter.DoubleToInt64Bits(jump.Time),
        jump.StatesAfter.IsEmpty ? 0 : BitConverter.DoubleToInt64Bits(jump.StatesAfter[0]));

    private static string? Compare(EventCase draw, Trajectory run, EventTally tally)
    {
        tally.Cases++;
        tally.Expected += draw.Expected.Length;
        tally.Touches += run.Statistics.Touches;
        tally.Pieces += run.Statistics.Pieces;
        tally.FloorHits += run.Statistics.FloorHits;
        tally.NotBounded += run.Statistics.NotBounded;
        string[] expected = [.. draw.Expected.Select(e => e.Name)];
        string[] found = [.. run.Jumps.Select(jump => jump.Transition)];
        if (expected.AsSpan().SequenceEqual(found) && run.Status == RunStatus.Completed)
        {
            return CompareTimes(draw, run, tally);
        }

        var lacking = expected.CountBy(name => name).ToDictionary();
        foreach (string name in found)
        {
            lacking[name] = lacking.GetValueOrDefault(name) - 1;
        }

        int missed = lacking.Values.Where(count => count > 0).Sum();
        int extra = -lacking.Values.Where(count => count < 0).Sum();
        tally.Missed += missed;
        tally.Duplicated += extra;
        tally.Disordered += missed + extra == 0 ? 1 : 0;
        return run.Status != RunStatus.Completed ? run.Reason : missed + extra == 0 ? "another order" : "other events";
    }

    private static string? CompareTimes(EventCase draw, Trajectory run, EventTally tally)
    {
        string? problem = null;
        for (int i = 0; i < draw.Expected.Length; i++)
        {
            double error = Math.Abs(run.Jumps[i].Time - draw.Expected[i].Time) / draw.Tolerance;
            tally.Worst = Math.Max(tally.Worst, error);
            bool together = i > 0 && draw.Expected[i].Time == draw.Expected[i - 1].Time && !draw.Expected[i].IsApart;
            if (!(error <= 1.0))
            {
                tally.Disordered++;
                problem = FormattableString.Invariant($"event {i} is off by {error} tolerances");
            }
            else if (together && run.Jumps[i].Time != run.Jumps[i - 1].Time)
            {
                tally.Disordered++;
                problem = $"events {i - 1} and {i} are one instant";
            }
        }

        return problem;
    }

    private string Describe(EventFamily family, EventCase draw, Trajectory run, long number, string problem) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        --seed {seed} --case {number} ({family.Name}): {problem}
          values   {string.Join(' ', draw.Values.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => string.Create(CultureInfo.InvariantCulture, $"{v.Key}={v.Value:R}")))}
          run      from {draw.Start:R} to {draw.Until:R}, {draw.Solver}
          expected {string.Join(' ', draw.Expected.Select(e => string.Create(CultureInfo.InvariantCulture, $"{e.Name}@{e.Time:R}")))}
          found    {string.Join(' ', run.Jumps.Select(jump => string.Create(CultureInfo.InvariantCulture, $"{jump.Transition}@{jump.Time:R}")))}
        """);
}
