using System.Reflection;
using HybridControl.Simulation;

namespace HybridControl.Tests.TestKit;

/// <summary>Compares two runs by the bits of everything that they recorded.</summary>
internal static class BitEquality
{
    /// <summary>Asserts that two runs recorded the same.</summary>
    /// <param name="actual">One run.</param>
    /// <param name="expected">The other.</param>
    /// <param name="log">Which log records count.</param>
    public static void AssertSame(Trajectory actual, Trajectory expected, Func<LogRecord, bool>? log = null)
    {
        log ??= _ => true;
        Assert.That(actual.Status, Is.EqualTo(expected.Status));
        Assert.That(actual.Reason, Is.EqualTo(expected.Reason));
        Assert.That(actual.Jumps.Select(Describe), Is.EqualTo(expected.Jumps.Select(Describe)), "jumps");
        Assert.That(actual.Log.Where(log), Is.EqualTo(expected.Log.Where(log)), "log");
        Assert.That(actual.Segments, Is.EqualTo(expected.Segments), "segments");
        (List<long> numbers, List<long> others) = (Bits(RecordOf(actual), actual), Bits(RecordOf(expected), expected));
        if (!numbers.SequenceEqual(others)) // which is faster by far where nothing differs
        {
            Assert.That(numbers, Is.EqualTo(others), "recorded numbers");
        }

        Assert.That(actual.Statistics.Steps, Is.EqualTo(expected.Statistics.Steps));
        Assert.That(actual.Statistics.RightHandSides, Is.EqualTo(expected.Statistics.RightHandSides));
    }

    private static TrajectoryRecorder RecordOf(Trajectory run) =>
        (TrajectoryRecorder)typeof(Trajectory).GetField("_record", BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(run)!;

    // Monitors change the numbers of the slots behind the model's own: only parameters, variables and inputs count.
    private static List<long> Bits(TrajectoryRecorder record, Trajectory run)
    {
        var bits = new List<long>();
        void Add(ReadOnlySpan<double> values)
        {
            foreach (double value in values)
            {
                bits.Add(BitConverter.DoubleToInt64Bits(value));
            }
        }

        var compiled = run.Model.Compiled;
        int data = compiled.Branches.Select(branch => branch.Slot).Concat(compiled.Atoms.Select(atom => atom.Slot))
            .DefaultIfEmpty(compiled.DataCount).Min();
        Add(record.StepTimes);
        Add(record.StepSizes);
        for (int i = 0; i < record.StepTimes.Length; i++)
        {
            Add(record.CoefficientsOf(i));
        }

        for (int i = 0; i < record.Pieces.Length; i++)
        {
            TrajectoryRecorder.Piece piece = record.Pieces[i];
            Add([piece.Start, piece.End, piece.JumpIndex, piece.Mode, piece.FirstStep, piece.StepCount]);
            Add(record.StartOf(i));
            Add(record.EndOf(i));
            Add(record.DataOf(i)[..data]);
        }

        return bits;
    }

    private static string Describe(Jump jump) => FormattableString.Invariant(
        $"{jump.Index} {jump.Time:R} {jump.From} {jump.To} {jump.Transition} {jump.GuardBefore:R} {jump.GuardAfter:R} ") +
        string.Join(' ', jump.StatesBefore.Concat(jump.StatesAfter).Concat(jump.DiscretesBefore).Concat(jump.DiscretesAfter)
            .Select(BitConverter.DoubleToInt64Bits));
}
