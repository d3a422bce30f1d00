using System.Globalization;
using HybridControl.Neural.Backends.Cpu;

namespace HybridControl.Benchmarks.Neural;

/// <summary>Our operations beside those of PyTorch and OpenBLAS: rounds in turn, so that a slow second does not fall on one of them.</summary>
internal static class SpeedTable
{
    private const int Rounds = 3;

    /// <summary>Measures operations and prints a row for each.</summary>
    /// <param name="peer">Who else computes them; null for nobody.</param>
    /// <param name="operations">Which.</param>
    /// <param name="threads">Threads of each.</param>
    /// <param name="quick">Whether little time is to be spent.</param>
    /// <returns>How many answers differ from the peer's.</returns>
    public static int Print(OperationPeer? peer, IEnumerable<Operation> operations, int threads, bool quick)
    {
        using var backend = new SimdBackend<float>(threads);
        Console.WriteLine();
        Console.WriteLine($"### {backend.Name}");
        Console.WriteLine();
        Console.WriteLine("| operation | ours ms | spread | bytes a call | peer | peer ms | spread | peer / ours | difference |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        int refused = 0;
        foreach (Operation operation in operations)
        {
            refused += Print(peer, operation, backend, threads, quick ? 60.0 : 250.0);
        }

        return refused;
    }

    private static int Print(OperationPeer? peer, Operation operation, SimdBackend<float> backend, int threads, double milliseconds)
    {
        using Operation.Prepared prepared = operation.Prepare(backend);
        prepared.Run();
        double[] sample = prepared.Sample();
        Timing.Measure(prepared.Run, milliseconds); // the runtime's quick compiler ran until here
        var ours = new List<Timing>();
        var others = new Dictionary<string, List<Timing>>();
        var differences = new Dictionary<string, double>();
        for (int round = 0; round < Rounds; round++)
        {
            ours.Add(Timing.Measure(prepared.Run, milliseconds));
            foreach (string form in FormsOf(peer, operation))
            {
                if (peer!.Ask(new(operation.Case, operation.Sizes, form, threads, milliseconds)) is { } answer)
                {
                    others.TryAdd(form, []);
                    others[form].Add(new([.. answer.Times!.Order()]));
                    differences[form] = sample.Zip(answer.Sample!, (a, b) => Math.Abs(a - b)).Max() / answer.Greatest;
                }
            }
        }

        Timing own = Timing.Of(ours);
        string head = Invariant($"| {operation.Title} | {Timing.Short(own.Median)}{Rate(operation, own)} | {own.Spread:P0} | {own.Bytes:F0} |");
        if (others.Count == 0)
        {
            Console.WriteLine($"{head} | | | | |");
        }

        foreach ((string form, List<Timing> rounds) in others)
        {
            var theirs = Timing.Of(rounds);
            bool agrees = differences[form] <= operation.Tolerance;
            string ratio = agrees ? Timing.Short(theirs.Median / own.Median) : "refused";
            Console.WriteLine(Invariant(
                $"{head} {NameOf(form)} | {Timing.Short(theirs.Median)}{Rate(operation, theirs)} | {theirs.Spread:P0} | {ratio}{Goal(operation, form, theirs.Median / own.Median)} | {differences[form]:E0} |"));
            head = "| | | | |";
        }

        return differences.Values.Count(difference => !(difference <= operation.Tolerance));
    }

    private static IEnumerable<string> FormsOf(OperationPeer? peer, Operation operation) => operation.Forms.Where(form =>
        peer is not null && peer.Versions.ContainsKey(form == "openblas" ? "OpenBLAS" : "torch"));

    private static string NameOf(string form) => form switch
    {
        "openblas" => "OpenBLAS",
        "reference" => "torch",
        _ => $"torch, {form}",
    };

    private static string Rate(Operation operation, Timing timing) =>
        operation.Megaflops > 0.0 ? Invariant($" ({Timing.Short(operation.Megaflops / timing.Median)} GFlop/s)") : "";

    private static string Goal(Operation operation, string form, double ratio) =>
        operation.Goal > 0.0 && form == operation.Forms[0] ? ratio >= operation.Goal ? " (met)" : " (missed)" : "";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
