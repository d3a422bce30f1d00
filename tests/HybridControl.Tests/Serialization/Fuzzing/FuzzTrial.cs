using System.Diagnostics;
using System.Globalization;
using System.Text;
using HybridControl.Tests.Simulation.Families;

namespace HybridControl.Tests.Serialization.Fuzzing;

/// <summary>Damages the input with a given number, feeds it to a reader, and measures what that cost.</summary>
/// <remarks>One for each thread.</remarks>
internal sealed class FuzzTrial(ulong seed)
{
    /// <summary>Bytes that an input may allocate: a base, and so many for each of its own.</summary>
    private const long MostBytes = 64L << 20;
    private const long MostBytesPerByte = 4096;

    /// <summary>The longest that an input may take, in seconds; hundreds of times the slowest measured.</summary>
    private const double MostSeconds = 10.0;

    private readonly FuzzTarget[] _targets = FuzzTargets.All;

    public long Cases { get; private set; }

    public long Accepted { get; private set; }

    public double Slowest { get; private set; }

    public long Largest { get; private set; }

    public long Faults { get; private set; }

    /// <summary>Reproductions of the first inputs that were not refused as they should be.</summary>
    public List<string> Messages { get; } = [];

    /// <summary>When the present input began; zero between inputs.</summary>
    public long Began;

    /// <summary>The number of the present input.</summary>
    public long Present;

    /// <summary>The input with a number, and the reader that it is for.</summary>
    public (FuzzTarget Target, byte[] Input) InputOf(long number)
    {
        var random = new KeyedRandom(seed, number);
        FuzzTarget target = _targets[number % _targets.Length];
        byte[] source = target.Corpus[random.Next(target.Corpus.Count)];
        return (target, Mutator.Mutate(source, target.Corpus[random.Next(target.Corpus.Count)], random));
    }

    /// <summary>Runs one input.</summary>
    public void Run(long number)
    {
        (FuzzTarget target, byte[] input) = InputOf(number);
        Cases++;
        Volatile.Write(ref Present, number);
        long before = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        Volatile.Write(ref Began, start);
        string? fault = null;
        try
        {
            Accepted += target.Read(input) ? 1 : 0;
        }
        catch (Exception crash)
        {
            fault = crash.ToString();
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Volatile.Write(ref Began, 0);
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        Slowest = Math.Max(Slowest, seconds);
        Largest = Math.Max(Largest, bytes);
        fault ??= bytes > MostBytes + (MostBytesPerByte * input.Length) ? $"it allocated {bytes} bytes"
            : seconds > MostSeconds ? string.Create(CultureInfo.InvariantCulture, $"it took {seconds} s") : null;
        if (fault is not null)
        {
            Faults++;
            if (Messages.Count < 20)
            {
                Messages.Add($"--seed {seed} --case {number} ({target.Name}, {input.Length} bytes): {fault}\n{Excerpt(input)}");
            }
        }
    }

    private static string Excerpt(byte[] input) => Encoding.UTF8.GetString(input.AsSpan(0, Math.Min(input.Length, 400)));
}
