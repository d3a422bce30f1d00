using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;

namespace HybridControl.Automata;

/// <summary>Checks the signals of inputs: finite numbers, sorted breakpoints.</summary>
internal static class SignalCheck
{
    public static void Check(string where, Signal signal, FindingList findings)
    {
        switch (signal)
        {
            case ConstantSignal constant:
                Finite(where, findings, ("value", constant.Value));
                break;
            case StepSignal step:
                Finite(where, findings, ("at", step.At), ("before", step.Before), ("after", step.After));
                break;
            case RampSignal ramp:
                Finite(where, findings, ("start", ramp.Start), ("end", ramp.End), ("from", ramp.From), ("to", ramp.To));
                if (ramp.End <= ramp.Start)
                {
                    findings.Error(where, FormattableString.Invariant($"the ramp ends at {ramp.End} s but starts at {ramp.Start} s"),
                        "Let it end later than it starts, or use a step.");
                }

                break;
            case SineSignal sine:
                Finite(where, findings, ("amplitude", sine.Amplitude), ("frequency", sine.Frequency), ("phase", sine.Phase),
                    ("offset", sine.Offset));
                break;
            case TableSignal table:
                CheckTable(where, table, findings);
                break;
            case DelegateSignal function when function.Times.IsDefault:
                findings.Error($"{where}.times", "the breakpoints are missing", "Give an empty list where there are none.");
                break;
            case DelegateSignal function:
                Sorted(where, function.Times, findings);
                break;
        }
    }

    private static void CheckTable(string where, TableSignal table, FindingList findings)
    {
        if (table.Times.IsDefaultOrEmpty || table.Values.IsDefaultOrEmpty)
        {
            findings.Error(where, "the table has no points", "Give at least one time and one value.");
            return;
        }

        if (table.Times.Length != table.Values.Length)
        {
            findings.Error(where, FormattableString.Invariant($"{table.Times.Length} times but {table.Values.Length} values"),
                "Give one value for each time.");
        }

        Sorted(where, table.Times, findings);
        int bad = table.Values.AsSpan().IndexOfAnyExceptFinite();
        if (bad >= 0)
        {
            findings.Error($"{where}.values", FormattableString.Invariant($"value {bad} is {table.Values[bad]}"), "Values must be finite.");
        }
    }

    private static void Sorted(string where, ImmutableArray<double> times, FindingList findings)
    {
        int bad = times.AsSpan().IndexOfAnyExceptFinite();
        if (bad >= 0)
        {
            findings.Error($"{where}.times", FormattableString.Invariant($"time {bad} is {times[bad]}"), "Times must be finite.");
            return;
        }

        for (int i = 1; i < times.Length; i++)
        {
            if (times[i] <= times[i - 1])
            {
                findings.Error($"{where}.times", FormattableString.Invariant($"time {i} is {times[i]} after {times[i - 1]}"),
                    "Sort the times and remove duplicates.");
                return;
            }
        }
    }

    private static void Finite(string where, FindingList findings, params ReadOnlySpan<(string Name, double Value)> numbers)
    {
        foreach ((string name, double value) in numbers)
        {
            if (!double.IsFinite(value))
            {
                findings.Error($"{where}.{name}", FormattableString.Invariant($"the value is {value}"), "Write a finite number.");
            }
        }
    }

    private static int IndexOfAnyExceptFinite(this ReadOnlySpan<double> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!double.IsFinite(values[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
