using System.Globalization;
using HybridControl.Cli.Tests.Ensembles;

namespace HybridControl.Benchmarks.Campaigns;

/// <summary>Kills a campaign at twenty seeded moments, resumes it, and compares it with one that nobody disturbed.</summary>
internal static class KillSuite
{
    private const int Kills = 20;

    /// <summary>Runs the trial: <c>[--kills n] [--seed n] [--shards n]</c>.</summary>
    /// <returns>Zero if nothing was lost and nothing doubled.</returns>
    public static int Run(string[] args)
    {
        int kills = Option(args, "--kills", Kills);
        string folder = Directory.CreateTempSubdirectory("kills").FullName;
        try
        {
            var trial = new KillTrial(Path.Combine(AppContext.BaseDirectory, "hybrid.dll"), folder, Option(args, "--shards", 3 * kills));
            KillTrial.Outcome outcome = trial.Run(kills, Option(args, "--seed", 7), Console.WriteLine);
            Console.WriteLine(FormattableString.Invariant(
                $"{outcome.Kills} kills, {outcome.LeftoversSeen} of them in the middle of a file: {(outcome.Differences.Count == 0 ? "nothing lost, nothing doubled" : string.Join("; ", outcome.Differences))}."));
            return outcome.Differences.Count == 0 && outcome.Kills == kills ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static int Option(string[] args, string name, int usual)
    {
        int place = Array.IndexOf(args, name);
        return place >= 0 && place + 1 < args.Length ? int.Parse(args[place + 1], CultureInfo.InvariantCulture) : usual;
    }
}
