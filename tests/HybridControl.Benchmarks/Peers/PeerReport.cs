using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace HybridControl.Benchmarks.Peers;

/// <summary>The ratios of docs/benchmarks/peers.md: for each peer, our fastest run whose error is at most three times the peer's.</summary>
internal static class PeerReport
{
    // "Equal error": within this factor of the peer's, or smaller. Rounding decides below the floor.
    private const double ErrorFactor = 3.0;
    private const double ErrorFloor = 1e-14;

    // A row's peers by the beginning of their names, and the largest allowed ratio to the slowest of the rows that match.
    private static readonly (string Problems, string Peer, double Limit)[] s_limits =
    [
        ("P1", "native", 2.0), ("P1 P2 P3 P5 P6 P7", "native", 1.2), ("P1 P2 P3 P5 P6 P7", "odeint", 0.5), ("P1 P2 P3 P5 P6 P7", "cvode", 0.05),
        ("P4 P9", "radau5", 1.5), ("P4 P9", "cvode", 1.0),
    ];

    private sealed record Row(string Problem, string Variant, string Peer, double Time, double Error);

    /// <summary>Reads lines of peers and of ours, and prints a table in Markdown.</summary>
    /// <returns>1 if a file cannot be read.</returns>
    public static int Print(string[] paths)
    {
        if (paths.FirstOrDefault(path => !File.Exists(path)) is { } missing)
        {
            Console.Error.WriteLine($"No file {missing}. Give the peers' lines and ours: --report peers.jsonl ours.jsonl");
            return 1;
        }

        Row[] rows = [.. paths.SelectMany(File.ReadLines).Where(line => line.StartsWith('{')).Select(Parse).OfType<Row>()];
        Console.WriteLine("| problem | peer | ms | error | our fastest at that error | ms | error | ratio | allowed | |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (IGrouping<(string, string), Row> group in rows.GroupBy(row => (row.Problem, row.Variant)))
        {
            // The closed form of affine flows is another kind of method than the peers have.
            Row[] ours =
            [
                .. group.Where(row => row.Peer.StartsWith("hc-", StringComparison.Ordinal) && !row.Peer.StartsWith("hc-expm", StringComparison.Ordinal)),
            ];
            foreach (Row peer in group.Where(row => LimitOf(row) is not null))
            {
                Write(peer, ours, LimitOf(peer)!.Value);
            }

            if (ours.FirstOrDefault(row => row.Peer == "hc-auto") is { } auto)
            {
                Write(auto, [.. ours.Where(row => !row.Peer.StartsWith("hc-auto", StringComparison.Ordinal))], 1.0 / 1.5);
            }
        }

        return 0;
    }

    private static void Write(Row peer, Row[] ours, double limit)
    {
        double error = Math.Max(ErrorFactor * peer.Error, ErrorFloor);
        Row? best = ours.Where(row => row.Error <= error).MinBy(row => row.Time);
        double ratio = best is null ? double.NaN : best.Time / peer.Time;
        bool isAuto = peer.Peer == "hc-auto";
        bool holds = isAuto ? !(ratio < limit) : ratio <= limit;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {peer.Problem} {peer.Variant} | {peer.Peer} | {peer.Time:G3} | {peer.Error:0.0e-0} | {best?.Peer ?? "none"} | {best?.Time:G3} | {best?.Error:0.0e-0} | {ratio:F2} | {(isAuto ? "at least" : "at most")} {limit:G2} | {(holds ? "" : "missed")} |"));
    }

    private static double? LimitOf(Row row)
    {
        foreach ((string problems, string peer, double limit) in s_limits)
        {
            if (problems.Contains(row.Problem[..2], StringComparison.Ordinal) && row.Peer.StartsWith(peer, StringComparison.Ordinal))
            {
                return limit;
            }
        }

        return null;
    }

    // Rows without an error cannot be compared at equal error.
    private static Row? Parse(string line)
    {
        JsonNode node = JsonNode.Parse(line) ?? throw new JsonException($"No row: {line}");
        double? error = (double?)node["err"];
        return error is { } value
            ? new((string)node["problem"]!, (string)node["variant"]!, (string)node["peer"]!, (double)node["ms_min"]!, value)
            : null;
    }
}
