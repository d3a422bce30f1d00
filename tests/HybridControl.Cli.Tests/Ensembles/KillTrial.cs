using System.Diagnostics;

namespace HybridControl.Cli.Tests.Ensembles;

/// <summary>Kills a campaign again and again while it runs, resumes it, and compares it with one that nobody disturbed.</summary>
/// <remarks>
/// The process gets SIGKILL at seeded moments: during its start, or after some files have appeared and some milliseconds
/// more, so in the middle of a file as likely as between two.
/// </remarks>
/// <param name="program">Path of hybrid.dll.</param>
/// <param name="folder">A folder for both campaigns.</param>
/// <param name="shards">Shards of two blocks.</param>
internal sealed class KillTrial(string program, string folder, int shards)
{
    private const int TrajectoriesOfShard = 2048;

    private static readonly string[] Study =
    [
        "bouncing-ball", "--vary", "e=normal(0.8,0.02)", "--vary", "h=uniform(9,11)", "--until", "5", "--seed", "11", "--shard-blocks", "2", "--quiet",
    ];

    /// <summary>What became of a trial.</summary>
    /// <param name="Kills">Processes that were killed while they ran.</param>
    /// <param name="LeftoversSeen">Half-written files that kills left.</param>
    /// <param name="Differences">What differs from the undisturbed campaign; empty if nothing does.</param>
    internal sealed record Outcome(int Kills, int LeftoversSeen, IReadOnlyList<string> Differences);

    /// <summary>Runs a trial.</summary>
    /// <param name="kills">How often the process is killed.</param>
    /// <param name="seed">Seed of the moments.</param>
    /// <param name="report">Is told of every kill.</param>
    public Outcome Run(int kills, int seed, Action<string>? report = null)
    {
        (string calm, string disturbed) = (Path.Combine(folder, "calm"), Path.Combine(folder, "disturbed"));
        Finish(calm);
        var random = new Random(seed);
        int done = 0;
        var leftovers = new HashSet<string>(StringComparer.Ordinal);
        while (done < kills)
        {
            int before = Shards(disturbed).Length;
            if (before == shards)
            {
                break;
            }

            using Process run = Start(disturbed, threads: 1, withTable: false);
            int awaited = before + random.Next(3);
            int delay = awaited == before ? random.Next(400) : random.Next(600);
            while (!run.HasExited && Shards(disturbed).Length < awaited)
            {
                Thread.Sleep(1);
            }

            Thread.Sleep(delay);
            if (!run.HasExited)
            {
                run.Kill();
                done++;
            }

            run.WaitForExit();
            int known = leftovers.Count;
            leftovers.UnionWith(Directory.Exists(disturbed) ? Directory.GetFiles(disturbed, ".*.tmp", SearchOption.AllDirectories) : []);
            string half = leftovers.Count > known ? ", one half-written" : "";
            report?.Invoke(FormattableString.Invariant($"kill {done}: {Shards(disturbed).Length} of {shards} files{half}"));
        }

        Finish(disturbed);
        return new(done, leftovers.Count, [.. Differences(calm, disturbed)]);
    }

    private static string[] Shards(string campaign)
    {
        string path = Path.Combine(campaign, "blocks");
        return Directory.Exists(path) ? [.. Directory.GetFiles(path, "*.hcb").Order(StringComparer.Ordinal)] : [];
    }

    private static string TableOf(string campaign) => $"{campaign}.csv";

    private IEnumerable<string> Differences(string calm, string disturbed)
    {
        if (!File.ReadAllBytes(TableOf(calm)).AsSpan().SequenceEqual(File.ReadAllBytes(TableOf(disturbed))))
        {
            yield return "the tables differ";
        }

        string[] numbers = [.. File.ReadLines(TableOf(disturbed)).Skip(1).Select(line => line[..line.IndexOf(',', StringComparison.Ordinal)])];
        if (!numbers.SequenceEqual(Enumerable.Range(0, shards * TrajectoriesOfShard).Select(i => FormattableString.Invariant($"{i}"))))
        {
            yield return "trajectories are lost or doubled";
        }

        if (!Shards(calm).Select(Path.GetFileName).SequenceEqual(Shards(disturbed).Select(Path.GetFileName)))
        {
            yield return "the files have other names";
        }
        else if (Shards(calm).Zip(Shards(disturbed)).Any(pair => !File.ReadAllBytes(pair.First).AsSpan().SequenceEqual(File.ReadAllBytes(pair.Second))))
        {
            yield return "the files have other bytes";
        }

        if (Directory.GetFiles(disturbed, "*.tmp", SearchOption.AllDirectories).Length > 0)
        {
            yield return "half-written files are left";
        }
    }

    private void Finish(string campaign)
    {
        using Process run = Start(campaign, threads: 2, withTable: true);
        string error = run.StandardError.ReadToEnd();
        run.WaitForExit();
        if (run.ExitCode != 0)
        {
            throw new InvalidOperationException($"hybrid ended with {run.ExitCode}: {error}");
        }
    }

    private Process Start(string campaign, int threads, bool withTable)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] table = withTable ? ["--out", TableOf(campaign)] : [];
        string[] rest = ["--on", "simulator", "--threads", $"{threads}", "--size", $"{shards * TrajectoriesOfShard}", "--campaign", campaign];
        foreach (string argument in (string[])[program, "ensemble", .. Study, .. rest, .. table])
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }
}
