using System.Globalization;

namespace HybridControl.Benchmarks.Estimators;

/// <summary>The problems of docs/benchmarks/estimators.md: the time of a step of our filters, of Eigen's and of NumPy's.</summary>
internal static class EstimatorSuite
{
    // A row whose mean or log-likelihood is further from the first row's has computed something else.
    private const double Agreement = 1e-8;
    private const int Rounds = 3;
    private const int Milliseconds = 150;

    /// <summary>Runs the suite; options --out FILE, --only "FILTER" or "FILTER N", and --ours.</summary>
    /// <returns>1 if a row was refused.</returns>
    public static int Run(string[] args)
    {
        string? path = ValueOf(args, "--out");
        string only = ValueOf(args, "--only") ?? "";
        using TextWriter? file = path is null ? null : new StreamWriter(path) { AutoFlush = true };
        List<(string, string[])> peers = args.Contains("--ours") ? [] : EstimatorPeers.Find();
        int refused = 0;
        foreach (string filter in (string[])["KF", "EKF", "UKF", "IMM"])
        {
            foreach ((int n, int steps) in ((int, int)[])[(4, 2000), (12, 1000), (40, 200)])
            {
                if (only == "" || only == filter || only == $"{filter} {n}")
                {
                    refused += Compare(filter, n, steps, peers, file);
                }
            }
        }

        return refused == 0 ? 0 : 1;
    }

    private static string? ValueOf(string[] args, string option)
    {
        int at = Array.IndexOf(args, option);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }

    private static int Compare(string filter, int n, int steps, List<(string, string[])> peers, TextWriter? file)
    {
        // The rounds of the peers alternate, so that a slow second of the machine does not fall on one of them.
        var rows = new List<EstimatorRow>();
        for (int round = 0; round < Rounds; round++)
        {
            rows.Add(OurFilters.Measure(filter, n, steps, Milliseconds));
            foreach ((string, string[]) peer in peers)
            {
                rows.AddRange(EstimatorPeers.Measure(peer, filter, n, steps, Milliseconds));
            }
        }

        int refused = 0;
        foreach (IGrouping<string, EstimatorRow> group in rows.GroupBy(row => row.Column))
        {
            double difference = group.First().DifferenceFrom(rows[0]);
            double least = group.Min(row => row.Ns);
            string spread = string.Create(CultureInfo.InvariantCulture, $"{100.0 * (group.Max(row => row.Ns) / least - 1.0):F0} %");
            bool agrees = difference <= Agreement;
            refused += agrees ? 0 : 1;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{filter,-4}{n,3}  {group.Key,-28}{(agrees ? EstimatorRow.Microseconds(least) : "refused"),9} us  spread {spread,-6}difference {difference:E1}{Allocation(group.First())}"));
            if (agrees)
            {
                file?.WriteLine((group.MinBy(row => row.Ns) ?? rows[0]).ToJson());
            }
        }

        return refused;
    }

    private static string Allocation(EstimatorRow row) =>
        row.Bytes is { } bytes ? string.Create(CultureInfo.InvariantCulture, $"  {bytes:G3} bytes a step") : "";
}
